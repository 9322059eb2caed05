package io.github.attention4j.bench.memory;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.bench.attention.Oracle.Verdict;
import io.github.attention4j.bench.option.OptionContender;
import io.github.attention4j.bench.option.OptionOracle;
import io.github.attention4j.bench.option.OptionProblem;
import io.github.attention4j.bench.timing.Interleaved;
import io.github.attention4j.bench.timing.Interleaved.Pace;
import java.nio.file.Path;
import java.util.List;

/** What runs in a fresh JVM: one long call, and the memory it takes beyond its tensors. */
public final class LongCall {
    /** What stands before each figure that is printed. */
    public static final String CALL_MILLIS = "call ms: ";

    /** Bytes of query, key, value and out. */
    public static final String TENSOR_BYTES = "tensor bytes: ";
    /** The process's peak during the call, over what was resident before it. */
    public static final String GROWTH_BYTES = "resident growth bytes: ";
    /** The process's peak from its beginning to the end of the call. */
    public static final String PEAK_BYTES = "resident peak bytes: ";
    /** Taken from the Java heap by all threads. */
    public static final String ALLOCATED_BYTES = "heap allocated bytes: ";
    /** The heap's peak during the call, garbage included, over what was in use before. */
    public static final String HEAP_PEAK_BYTES = "heap peak growth bytes: ";
    /** The heap in use after the call and a collection, over what was in use before. */
    public static final String HEAP_KEPT_BYTES = "heap kept bytes: ";
    /** Error and budget. */
    public static final String VERDICT = "error, budget: ";

    private static final int HEAD_DIM = 64;
    private static final int SHORT = 512;
    /** The JIT compiler needs a second look at the loops when they become longer; a longer call than this takes long enough for it. */
    private static final int LONGEST_WARM_UP = 16_384;

    private static final long SEED = 2017;

    private LongCall() {}

    /** Arguments: the device, the length, and the directory of the program cache. */
    public static void main(String[] arguments) {
        int length = Integer.parseInt(arguments[1]);
        EngineOptions options = EngineOptions.defaults().withCacheDirectory(Path.of(arguments[2]));
        try (AttentionEngine engine = AttentionEngine.open(arguments[0], options)) {
            warmUp(engine);
            OptionProblem problem = problem(length);
            try (OptionContender contender = new OptionContender(engine, problem)) {
                if (engine.device().type() == Device.Type.JAVA && length <= LONGEST_WARM_UP) {
                    settle(contender);
                }
                measure(contender, problem);
            }
        }
    }

    /** The same program as the long call's, for lengths are run-time values: what compilers need, the JVM's among them, is done before anything is counted. */
    private static void warmUp(AttentionEngine engine) {
        try (OptionContender contender = new OptionContender(engine, problem(SHORT))) {
            settle(contender);
        }
    }

    /** Repeats it until calls become no faster, or for some seconds. */
    private static void settle(OptionContender contender) {
        Interleaved.measure(List.of(contender), new Pace(2), () -> {}, () -> {});
    }

    private static OptionProblem problem(int length) {
        return new OptionProblem(spec(length), Layout.Order.BATCH_HEAD_ROW).fill(SEED);
    }

    /** One head that sees everything. */
    public static AttentionSpec spec(int length) {
        return AttentionSpec.builder()
                .heads(1)
                .sequenceLength(length)
                .headDim(HEAD_DIM)
                .types(DType.F32)
                .build();
    }

    private static void measure(OptionContender contender, OptionProblem problem) {
        long peakBefore = Resident.peak();
        long heapBefore = JavaHeap.collectAndResetPeak();
        boolean reset = Resident.resetPeak();
        long residentBefore = reset ? Resident.now() : peakBefore;
        JavaHeap.Allocated allocatedBefore = JavaHeap.Allocated.soFar();
        long start = System.nanoTime();
        contender.run();
        double millis = (System.nanoTime() - start) * 1e-6;
        long allocated = allocatedBefore.bytesSince();
        long peak = Resident.peak();
        long heapPeak = JavaHeap.peak() - heapBefore;
        long heapKept = JavaHeap.collectAndResetPeak() - heapBefore;
        Verdict verdict = new OptionOracle(problem).judge(contender);
        System.out.println(CALL_MILLIS + millis);
        System.out.println(TENSOR_BYTES + bytes(problem.spec()));
        System.out.println(GROWTH_BYTES + (peak < 0 ? "unknown" : "" + (peak - residentBefore)));
        System.out.println(PEAK_BYTES + (peak < 0 ? "unknown" : "" + Math.max(peak, peakBefore)));
        System.out.println(ALLOCATED_BYTES + allocated);
        System.out.println(HEAP_PEAK_BYTES + heapPeak);
        System.out.println(HEAP_KEPT_BYTES + heapKept);
        System.out.println(VERDICT + verdict.error() + " " + verdict.budget());
    }

    /** Bytes of the tensors of the call that warms up. */
    public static long warmUpBytes() {
        return bytes(spec(SHORT));
    }

    private static long bytes(AttentionSpec spec) {
        long elements = 0;
        for (Operand operand : Operand.values()) {
            if (spec.has(operand)) {
                elements += spec.operand(operand).elements();
            }
        }
        return elements * Float.BYTES;
    }
}
