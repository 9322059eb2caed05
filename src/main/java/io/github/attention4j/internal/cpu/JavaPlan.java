package io.github.attention4j.internal.cpu;

import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.Event;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.Shapes;

/** One of the two pure-Java computations, ready to run. */
final class JavaPlan implements AttentionPlan {
    private final JavaBackend backend;
    private final AttentionSpec spec;
    private final KernelFamily family;
    private final String explanation;
    private final Computation computation;

    /** What runs; {@code lse} may be null. */
    private interface Computation {
        void run(HostRows query, HostRows key, HostRows value, HostRows out, HostRows lse);
    }

    private JavaPlan(
            JavaBackend backend, AttentionSpec spec, KernelFamily family, String explanation, Computation computation) {
        this.backend = backend;
        this.spec = spec;
        this.family = family;
        this.explanation = explanation;
        this.computation = computation;
    }

    static JavaPlan tiled(JavaBackend backend, AttentionSpec spec, Team team) {
        MicroKernels kernels = MicroKernels.best();
        TiledAttention tiled = new TiledAttention(spec, kernels, team);
        String explanation =
                """
                JAVA: one pass over the keys in tiles, online softmax
                tiles: %d queries x %d keys, %d queries a panel
                micro-kernels: %s
                threads: %d""".formatted(tiled.tileQ(), tiled.tileKv(), tiled.lanes(), kernels.describe(), tiled.threads());
        return new JavaPlan(backend, spec, KernelFamily.JAVA, explanation, tiled::attend);
    }

    static JavaPlan reference(JavaBackend backend, AttentionSpec spec, Team team) {
        String explanation = """
                REFERENCE: three passes over the keys in double precision, row by row; exact and slow
                AttentionEngine.open("java") is the fast pure-Java engine
                threads: %d""".formatted(team.threads());
        return new JavaPlan(
                backend,
                spec,
                KernelFamily.REFERENCE,
                explanation,
                (query, key, value, out, lse) -> ReferenceAttention.attend(spec, team, query, key, value, out, lse));
    }

    @Override
    public AttentionSpec spec() {
        return spec;
    }

    @Override
    public KernelFamily family() {
        return family;
    }

    @Override
    public String explain() {
        return explanation;
    }

    void compute(HostRows query, HostRows key, HostRows value, HostRows out, HostRows lse) {
        computation.run(query, key, value, out, lse);
    }

    @Override
    public void enqueue(Stream stream, AttentionTensors tensors) {
        submit(stream, tensors);
    }

    @Override
    public Event enqueueWithEvent(Stream stream, AttentionTensors tensors) {
        return new JavaEvent(submit(stream, tensors));
    }

    private JavaStream.Task submit(Stream stream, AttentionTensors tensors) {
        backend.requireOpen();
        JavaStream queue = JavaStream.of(stream, backend);
        Shapes.check(spec, tensors);
        HostRows queryRows = rows(Operand.QUERY, tensors);
        HostRows keyRows = rows(Operand.KEY, tensors);
        HostRows valueRows = rows(Operand.VALUE, tensors);
        HostRows outRows = rows(Operand.OUT, tensors);
        HostRows lseRows = tensors.get(Operand.LSE) == null ? null : rows(Operand.LSE, tensors);
        return queue.submit(() -> computation.run(queryRows, keyRows, valueRows, outRows, lseRows));
    }

    private HostRows rows(Operand operand, AttentionTensors tensors) {
        return HostTensor.of(operand.label(), tensors.get(operand), backend).rowsOf();
    }
}
