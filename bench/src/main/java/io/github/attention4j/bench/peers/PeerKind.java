package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A contender before its process is started.
 *
 * @param name what it is called in tables and on the command line
 * @param peerClass the {@link Peer} that its process makes
 * @param argument what the class's constructor takes, or empty
 * @param environment variables of its process beside those of this one
 * @param scoreMatrices how many matrices of all scores it holds at a time, at most; 0 if it works by tiles
 * @param warmUpMillis how long it is repeated before it is timed, at most
 * @param longestSeconds a call that would take longer than this is not made; infinite if there is no estimate to go by
 */
public record PeerKind(
        String name,
        String peerClass,
        String argument,
        Map<String, String> environment,
        int scoreMatrices,
        double warmUpMillis,
        double longestSeconds) {
    /** What the names and arguments end with of contenders whose tensors are all of this type. */
    public static final String BF16 = "bf16";

    /** What the plain loops are called. */
    public static final String LOOPS = "loops";

    private static final double NATIVE_WARM_UP_MILLIS = 600;
    /** The compiler of the JVM takes seconds to finish on a busy machine. */
    private static final double JAVA_WARM_UP_MILLIS = 3000;

    private static final double LOOPS_LONGEST_SECONDS = 10;

    /** All of them: the engine on each of the devices, then the others. */
    public static List<PeerKind> all(List<String> devices) {
        List<PeerKind> kinds = new ArrayList<>();
        for (String device : devices) {
            kinds.add(own("attention4j " + device, EnginePeer.class.getName(), device));
        }
        kinds.add(library("pytorch", "PyTorchPeer", "", Map.of(), 0));
        kinds.add(library("pytorch-1blas", "PyTorchPeer", "", Map.of("OPENBLAS_NUM_THREADS", "1"), 0));
        kinds.add(library("onnx-mha", "OnnxRuntimePeer", OnnxOperator.MULTI_HEAD_ATTENTION.name(), Map.of(), 1));
        kinds.add(library("onnx-gqa", "OnnxRuntimePeer", OnnxOperator.GROUP_QUERY_ATTENTION.name(), Map.of(), 1));
        kinds.add(library("onnx-attention", "OnnxRuntimePeer", OnnxOperator.ATTENTION.name(), Map.of(), 2));
        kinds.add(own(LOOPS, LoopsPeer.class.getName(), ""));
        return kinds;
    }

    /** Those that compute with query, key, value and out in bf16. */
    public static List<PeerKind> allInBf16(List<String> devices) {
        List<PeerKind> kinds = new ArrayList<>();
        for (String device : devices) {
            kinds.add(own("attention4j " + device + " " + BF16, EnginePeer.class.getName(), device + " " + BF16));
        }
        kinds.add(library("pytorch " + BF16, "PyTorchPeer", BF16, Map.of(), 0));
        kinds.add(library("pytorch-matmul " + BF16, "PyTorchPeer", "matmul " + BF16, Map.of(), 3));
        return kinds;
    }

    private static PeerKind own(String name, String peerClass, String argument) {
        double longest = name.equals(LOOPS) ? LOOPS_LONGEST_SECONDS : Double.POSITIVE_INFINITY;
        boolean kernel = argument.contains(":");
        return new PeerKind(
                name, peerClass, argument, Map.of(), 0, kernel ? NATIVE_WARM_UP_MILLIS : JAVA_WARM_UP_MILLIS, longest);
    }

    private static PeerKind library(
            String name, String peer, String argument, Map<String, String> environment, int matrices) {
        return new PeerKind(
                name,
                PeerKind.class.getPackageName() + "." + peer,
                argument,
                environment,
                matrices,
                NATIVE_WARM_UP_MILLIS,
                Double.POSITIVE_INFINITY);
    }

    /** Whether this is the project's own engine, which the others are measured beside. */
    public boolean isEngine() {
        return peerClass.equals(EnginePeer.class.getName());
    }

    /** Which device's limits it is held against: its own if that is no processor, else the processor's. */
    public String limit() {
        return isEngine() && argument.contains(":") && !argument.startsWith("cpu")
                ? argument.split(" ")[0]
                : Limits.PROCESSOR;
    }

    /** Whether it is asked for attention over inputs that are rounded to bf16, in bf16. */
    public boolean isBf16() {
        return argument.endsWith(BF16);
    }

    /** How many bytes of score matrices a call of this shape holds, at most. */
    public long scoreBytes(AttentionSpec spec) {
        return (long) Float.BYTES * scoreMatrices * spec.batch() * spec.heads() * spec.queryLength() * spec.keyLength();
    }
}
