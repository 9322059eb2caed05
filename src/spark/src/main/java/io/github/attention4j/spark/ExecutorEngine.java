package io.github.attention4j.spark;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.EngineOptions;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.SparkEnv;

/** The engines of this JVM: one for each device that tasks ask for, opened by the first and closed with the JVM. */
final class ExecutorEngine {
    private static final Map<String, AttentionEngine> ENGINES = new HashMap<>();

    private ExecutorEngine() {}

    /** The engine for a device's id; null for the best device, pure Java where there is no other. */
    static synchronized AttentionEngine get(String device) {
        return ENGINES.computeIfAbsent(device, ExecutorEngine::open);
    }

    private static AttentionEngine open(String device) {
        prepare();
        AttentionEngine engine =
                device == null ? AttentionEngine.open(options()) : AttentionEngine.open(device, options());
        Runtime.getRuntime().addShutdownHook(new Thread(engine::close));
        return engine;
    }

    /**
     * JOCL unpacks its library under a name that all JVMs of a machine share, and executors that start together load
     * what another is still writing. This property of its own gives each JVM a file.
     */
    static void prepare() {
        if (System.getProperty("uniqueLibraryNames") == null) {
            System.setProperty("uniqueLibraryNames", "true");
        }
    }

    /** As many threads of pure Java as the executor has cores, if it was given a number of them. */
    static EngineOptions options() {
        SparkEnv spark = SparkEnv.get();
        int cores = spark == null ? 0 : spark.conf().getInt("spark.executor.cores", 0);
        return EngineOptions.defaults().withThreads(cores);
    }
}
