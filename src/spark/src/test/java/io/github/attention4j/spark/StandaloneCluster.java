package io.github.attention4j.spark;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.launcher.JavaModuleOptions;

/** A master and two workers of one core each, every one a JVM of its own with this one's class path; and drivers. */
final class StandaloneCluster implements AutoCloseable {
    /** A driver waits for ever if executors cannot start. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(170);

    private final Path folder;
    private final String url;
    private final List<Process> processes = new ArrayList<>();

    StandaloneCluster(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        Files.createDirectories(folder.resolve("jars")); // Spark looks for it; the class path has all
        int port = freePort();
        url = "spark://127.0.0.1:" + port;
        try {
            start("master", "org.apache.spark.deploy.master.Master", "--port", "" + port);
            for (int i = 1; i <= 2; i++) {
                String[] worker = {"--cores", "1", "--memory", "1g", "--work-dir", folder.resolve("work") + "/" + i, url
                };
                start("worker" + i, "org.apache.spark.deploy.worker.Worker", worker);
            }
            awaitWorkers();
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void start(String name, String main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-Dspark.master.rest.enabled=false",
                main,
                "--host",
                "127.0.0.1",
                "--webui-port",
                "0"));
        command.addAll(Arrays.asList(arguments));
        processes.add(java(name, command));
    }

    private Process java(String log, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(System.getProperty("java.home") + "/bin/java", "-cp", System.getProperty("java.class.path")));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(log + ".log").toFile());
        builder.environment().put("SPARK_HOME", folder.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        return builder.start();
    }

    private void awaitWorkers() throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE;
        while (log("master")
                        .lines()
                        .filter(line -> line.contains("Registering worker"))
                        .count()
                < 2) {
            if (System.nanoTime() > end || !processes.get(0).isAlive()) {
                throw new AssertionError("the workers did not come:\n" + log("master"));
            }
            Thread.sleep(100);
        }
    }

    String log(String name) throws IOException {
        return Files.readString(folder.resolve(name + ".log"));
    }

    /** The process of the second worker. */
    long secondWorker() {
        return processes.get(2).pid();
    }

    /**
     * Runs a driver to its end.
     *
     * @return what it printed
     */
    String drive(Class<?> program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(Arrays.asList(JavaModuleOptions.defaultModuleOptionArray()));
        command.addAll(List.of(
                "-Xmx512m",
                "-Dspark.master=" + url,
                "-Dspark.ui.enabled=false",
                "-Dspark.driver.host=127.0.0.1",
                "-Dspark.executor.memory=512m",
                "-Dspark.executor.cores=1",
                "-Dspark.executor.extraClassPath=" + System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(Arrays.asList(arguments));
        Process driver = java("driver", command);
        try {
            if (!driver.waitFor(PATIENCE, TimeUnit.NANOSECONDS) || driver.exitValue() != 0) {
                throw new AssertionError("the driver did not end well:\n" + log("driver"));
            }
        } finally {
            driver.destroyForcibly();
        }
        return log("driver");
    }

    /** Ends all of them, and the executors that they started. */
    @Override
    public void close() {
        for (Process process : processes) {
            List<ProcessHandle> executors = process.descendants().toList();
            process.destroyForcibly();
            executors.forEach(ProcessHandle::destroyForcibly);
        }
        for (Process process : processes) {
            process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
        }
    }
}
