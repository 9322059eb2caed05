package io.github.attention4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes: a worker that is killed in the middle of a call does not change a bit of the answer. */
class ClusterTest {
    @TempDir
    Path folder;

    @Test
    void aWorkerIsKilledInTheMiddle() throws Exception {
        String log;
        try (StandaloneCluster cluster = new StandaloneCluster(folder)) {
            log = cluster.drive(ClusterProgram.class, "" + cluster.secondWorker());
        }
        System.out.println(log); // a page quotes it
        assertTrue(log.contains("4 tasks ended; a worker is killed"), log);
        assertTrue(number(" disturbed: \\d+ tasks ended, (\\d+) failed", log) >= 1, log);
        assertTrue(log.contains("bit for bit as undisturbed: true"), log);
        assertTrue(log.contains("mean of all values: 23.5000"), log);
        assertTrafficIsAsThePageSays(log);
        assertTrue(log.contains("in gradients of values"), log); // which is the last of what it checks
    }

    /** A part for each partition, and one for each branch of the tree; the spans of keys are small beside them. */
    private static void assertTrafficIsAsThePageSays(String log) {
        long part = (ClusterProgram.SPEC.outElements() + ClusterProgram.SPEC.lseElements()) * Float.BYTES;
        int partitions = ClusterProgram.SHARDS;
        int branches = partitions / OrderedTree.branches(partitions, 2);
        assertEquals(2 * (partitions + branches), number("(\\d+) parts", log), log);
        double sent = number("parts, (\\d+) bytes between executors", log);
        assertEquals(1.01, sent / ((partitions + branches) * part), 0.01, log);
        assertEquals(1.2, number("executors; (\\d+) bytes to the driver", log) / part, 0.3, log);
    }

    private static double number(String pattern, String log) {
        MatchResult found =
                Pattern.compile(pattern).matcher(log).results().findFirst().orElseThrow(() -> new AssertionError(log));
        return Double.parseDouble(found.group(1));
    }
}
