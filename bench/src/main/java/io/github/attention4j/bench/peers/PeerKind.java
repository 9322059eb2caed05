package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.run.Pass;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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
 * @param pass what it computes
 */
public record PeerKind(
        String name,
        String peerClass,
        String argument,
        Map<String, String> environment,
        int scoreMatrices,
        double warmUpMillis,
        double longestSeconds,
        Pass pass) {
    /** What the names and arguments end with of contenders whose tensors are all of this type. */
    public static final String BF16 = "bf16";

    private static final double NATIVE_WARM_UP_MILLIS = 600;
    /** The compiler of the JVM takes seconds to finish on a busy machine. */
    private static final double JAVA_WARM_UP_MILLIS = 3000;

    private static final double LOOPS_LONGEST_SECONDS = 10;

    private static final Map<String, String> ONE_THREAD = Map.of("OPENBLAS_NUM_THREADS", "1");

    /** All of them: the engine on each of the devices, then the others. */
    public static List<PeerKind> all(List<String> devices) {
        return with(
                devices.stream().map(device -> own("attention4j " + device, EnginePeer.class, device)),
                library("pytorch", "PyTorchPeer", "", Map.of(), 0),
                library("pytorch-1blas", "PyTorchPeer", "", ONE_THREAD, 0),
                library("onnx-mha", "OnnxRuntimePeer", OnnxOperator.MULTI_HEAD_ATTENTION.name(), Map.of(), 1),
                library("onnx-gqa", "OnnxRuntimePeer", OnnxOperator.GROUP_QUERY_ATTENTION.name(), Map.of(), 1),
                library("onnx-attention", "OnnxRuntimePeer", OnnxOperator.ATTENTION.name(), Map.of(), 2),
                own("loops", LoopsPeer.class, ""));
    }

    /** Those that compute with query, key, value and out in bf16. */
    public static List<PeerKind> allInBf16(List<String> devices) {
        return with(
                devices.stream()
                        .map(device -> device + " " + BF16)
                        .map(argument -> own("attention4j " + argument, EnginePeer.class, argument)),
                library("pytorch " + BF16, "PyTorchPeer", BF16, Map.of(), 0),
                library("pytorch-matmul " + BF16, "PyTorchPeer", "matmul " + BF16, Map.of(), 3));
    }

    /** Those that compute gradients of query, key and value after the forward call, all in f32 or all in bf16. */
    public static List<PeerKind> allWithGradients(List<String> devices, boolean inBf16) {
        String type = inBf16 ? " " + BF16 : "";
        Stream<PeerKind> engines = devices.stream()
                .map(device -> own("attention4j " + device + type, EnginePeer.class, device + type))
                .flatMap(kind -> Stream.of(
                        kind.with(kind.name(), Pass.BOTH), kind.with(kind.name() + " backward only", Pass.BACKWARD)));
        Stream<PeerKind> others = Stream.of(
                library("pytorch" + type, "PyTorchPeer", type.trim(), Map.of(), 0),
                library("pytorch-1blas", "PyTorchPeer", "", ONE_THREAD, 0),
                library("pytorch-matmul" + type, "PyTorchPeer", "matmul" + type, Map.of(), 4),
                own("loops", LoopsPeer.class, ""));
        return Stream.concat(
                        engines,
                        others.filter(kind -> kind.isBf16() == inBf16).map(kind -> kind.with(kind.name(), Pass.BOTH)))
                .toList();
    }

    private PeerKind with(String newName, Pass newPass) {
        return new PeerKind(
                newName, peerClass, argument, environment, scoreMatrices, warmUpMillis, longestSeconds, newPass);
    }

    private static List<PeerKind> with(Stream<PeerKind> engines, PeerKind... others) {
        return Stream.concat(engines, Stream.of(others)).toList();
    }

    private static PeerKind own(String name, Class<? extends Peer> peer, String argument) {
        double longest = peer == LoopsPeer.class ? LOOPS_LONGEST_SECONDS : Double.POSITIVE_INFINITY;
        double warmUp = argument.contains(":") ? NATIVE_WARM_UP_MILLIS : JAVA_WARM_UP_MILLIS;
        return new PeerKind(name, peer.getName(), argument, Map.of(), 0, warmUp, longest, Pass.FORWARD);
    }

    /** Its class is not in the class path unless the libraries are. */
    private static PeerKind library(
            String name, String peer, String argument, Map<String, String> environment, int matrices) {
        String type = PeerKind.class.getPackageName() + "." + peer;
        return new PeerKind(
                name,
                type,
                argument,
                environment,
                matrices,
                NATIVE_WARM_UP_MILLIS,
                Double.POSITIVE_INFINITY,
                Pass.FORWARD);
    }

    /** Whether this is the project's own engine, which the others are measured beside. */
    public boolean isEngine() {
        return peerClass.equals(EnginePeer.class.getName());
    }

    /** The engine's device. */
    public String device() {
        return argument.split(" ")[0];
    }

    /** Which device's limits it is held against: its own if that is no processor, else the processor's. */
    public String limit() {
        return isEngine() && argument.contains(":") && !argument.startsWith("cpu") ? device() : Limits.PROCESSOR;
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
