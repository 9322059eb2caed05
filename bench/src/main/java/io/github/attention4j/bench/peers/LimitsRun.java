package io.github.attention4j.bench.peers;

import io.github.attention4j.bench.peers.Limits.Limit;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Measures the limits of devices, each in processes of its own. */
public final class LimitsRun {
    private static final long SECONDS = 120;
    /** How PoCL is told its number of threads. */
    private static final Map<String, String> ONE_THREAD = Map.of("POCL_MAX_PTHREAD_COUNT", "1");
    /** The compiler of the JVM may work beside the one thread, but a second thread may not. */
    private static final double ONE_PROCESSOR = 1.4;

    private LimitsRun() {}

    /** Adds the limits of these OpenCL devices, or why there are none. */
    public static void measure(List<String> devices, Limits limits) throws IOException {
        for (String device : devices) {
            PeerAnswer all = ask(device, Map.of());
            if (all.has(PeerAnswer.FAILED)) {
                limits.addMissing(device, all.text(PeerAnswer.FAILED));
                continue;
            }
            double one = Double.NaN;
            if (device.startsWith("cpu")) {
                PeerAnswer alone = ask(device, ONE_THREAD);
                boolean isAlone = !alone.has(PeerAnswer.FAILED) && alone.number("processors") < ONE_PROCESSOR;
                one = isAlone ? alone.number("gflops") : Double.NaN; // other drivers do not know the variable
            }
            limits.add(device, new Limit(all.number("gflops"), one, all.number("gigabytes")));
        }
    }

    private static PeerAnswer ask(String device, Map<String, String> environment) throws IOException {
        try (PeerProcess process = PeerProcess.start(LimitsMain.class, environment, List.of(device))) {
            return process.answer(SECONDS);
        }
    }
}
