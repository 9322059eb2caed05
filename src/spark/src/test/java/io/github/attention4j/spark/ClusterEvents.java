package io.github.attention4j.spark;

import java.util.Locale;
import java.util.function.Supplier;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Prints what a cluster tells its driver, and kills a worker in the middle. */
final class ClusterEvents extends SparkListener {
    private final long start = System.nanoTime();
    private int ended;
    private int failed;
    private long parts;
    private long sent;
    private long collected;
    private long running;
    private int killAfter = Integer.MAX_VALUE;
    private long worker;

    /** Kills a process when so many tasks of the next run have ended. */
    synchronized void killAfter(int tasks, long process) {
        killAfter = tasks;
        worker = process;
    }

    <T> T run(String name, Supplier<T> job) {
        synchronized (this) {
            ended = 0;
            failed = 0;
            sent = 0;
            parts = 0;
            collected = 0;
            running = 0;
        }
        long begin = System.nanoTime();
        T result = job.get();
        double seconds = (System.nanoTime() - begin) * 1e-9;
        try {
            Thread.sleep(300); // the last events come later than the result
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        synchronized (this) {
            print(
                    "%s: %d tasks ended, %d failed; %.2f s, tasks %.2f s in all",
                    name, ended, failed, seconds, running * 1e-3);
        }
        return result;
    }

    synchronized void printTraffic() {
        print("%d parts, %d bytes between executors; %d bytes to the driver", parts, sent, collected);
    }

    private void print(String format, Object... arguments) {
        double seconds = (System.nanoTime() - start) * 1e-9;
        System.out.printf(Locale.ROOT, "%5.1f s  %s%n", seconds, format.formatted(arguments));
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd task) {
        if (!task.taskInfo().successful()) {
            failed++;
            print(
                    "a task failed: %s",
                    task.reason().toString().lines().findFirst().orElse(""));
            return;
        }
        ended++;
        if (task.taskMetrics() != null) { // there are none of tasks whose output was lost with their executor
            parts += task.taskMetrics().shuffleWriteMetrics().recordsWritten();
            sent += task.taskMetrics().shuffleWriteMetrics().bytesWritten();
            running += task.taskMetrics().executorRunTime();
            collected += task.taskMetrics().resultSize();
        }
        if (ended == killAfter) {
            killAfter = Integer.MAX_VALUE;
            print("%d tasks ended; a worker is killed", ended);
            ProcessHandle.of(worker).orElseThrow().destroyForcibly();
        }
    }

    @Override
    public synchronized void onExecutorAdded(SparkListenerExecutorAdded executor) {
        print("executor %s is there", executor.executorId());
    }

    @Override
    public synchronized void onExecutorRemoved(SparkListenerExecutorRemoved executor) {
        print(
                "executor %s is gone: %s",
                executor.executorId(), executor.reason().lines().findFirst().orElse(""));
    }
}
