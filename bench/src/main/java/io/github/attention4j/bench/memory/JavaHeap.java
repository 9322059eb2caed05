package io.github.attention4j.bench.memory;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.HashMap;
import java.util.Map;

/** This JVM's heap. */
final class JavaHeap {
    private JavaHeap() {}

    /**
     * What threads had taken from the heap at some moment.
     *
     * @param bytes of each thread that lived, by its id
     */
    record Allocated(Map<Long, Long> bytes) {
        /** At this moment. */
        static Allocated soFar() {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long[] ids = threads.getAllThreadIds();
            long[] each = threads.getThreadAllocatedBytes(ids);
            Map<Long, Long> bytes = new HashMap<>();
            for (int i = 0; i < ids.length; i++) {
                bytes.put(ids[i], Math.max(0, each[i])); // -1 for one that has just ended
            }
            return new Allocated(bytes);
        }

        /** Bytes that the threads that live now have taken since. What one took that has ended meanwhile is not known. */
        long bytesSince() {
            long sum = 0;
            for (Map.Entry<Long, Long> thread : soFar().bytes().entrySet()) {
                sum += Math.max(0, thread.getValue() - bytes.getOrDefault(thread.getKey(), 0L));
            }
            return sum;
        }
    }

    /** Bytes in use after a collection; from here on the peak is counted. */
    static long collectAndResetPeak() {
        System.gc();
        ManagementFactory.getMemoryPoolMXBeans().forEach(MemoryPoolMXBean::resetPeakUsage);
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** The most bytes in use since then, garbage among them; pools may have had theirs at different times. */
    static long peak() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getPeakUsage().getUsed())
                .sum();
    }
}
