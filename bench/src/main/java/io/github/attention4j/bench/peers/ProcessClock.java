package io.github.attention4j.bench.peers;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How long something takes, and how much of all processors this process has meanwhile. */
final class ProcessClock {
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final long cpu = system.getProcessCpuTime();
    private final long start = System.nanoTime();

    long nanos() {
        return System.nanoTime() - start;
    }

    long cpuNanos() {
        return system.getProcessCpuTime() - cpu;
    }
}
