package io.github.attention4j.bench.peers;

import com.sun.management.OperatingSystemMXBean;
import io.github.attention4j.bench.run.MultiplyAdds;
import io.github.attention4j.bench.run.RawDevice;
import io.github.attention4j.bench.run.ReadBandwidth;
import java.lang.management.ManagementFactory;
import java.util.Map;

/** A process that measures the limits of one OpenCL device: how many threads it has is decided when it starts. */
final class LimitsMain {
    private LimitsMain() {}

    public static void main(String[] arguments) {
        try (RawDevice device = new RawDevice(arguments[0])) {
            double gigabytes = ReadBandwidth.gigabytesPerSecond(device);
            OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            long cpu = system.getProcessCpuTime();
            long start = System.nanoTime();
            double gflops = MultiplyAdds.gflops(device);
            double processors = (double) (system.getProcessCpuTime() - cpu) / (System.nanoTime() - start);
            PeerAnswer.print(System.out, Map.of("gflops", gflops, "gigabytes", gigabytes, "processors", processors));
        } catch (RuntimeException | LinkageError e) {
            PeerAnswer.print(System.out, Map.of(PeerAnswer.FAILED, PeerAnswer.oneLine(e.toString())));
        }
        System.exit(0);
    }
}
