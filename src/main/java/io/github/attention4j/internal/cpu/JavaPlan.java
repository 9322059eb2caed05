package io.github.attention4j.internal.cpu;

import io.github.attention4j.AttentionArrays;
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
    private static final Operand[] OPERANDS = Operand.values();

    private final JavaBackend backend;
    private final AttentionSpec spec;
    private final KernelFamily family;
    private final String explanation;
    private final Computation computation;

    /** What runs. */
    private interface Computation {
        void run(Operands operands);
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
                backend, spec, KernelFamily.REFERENCE, explanation, operands -> new ReferenceAttention(spec, operands)
                        .attend(team));
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

    /** Computes on host arrays that fit the spec. */
    void attend(AttentionArrays arrays) {
        computation.run(Operands.of(spec, arrays));
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
        Operands operands = new Operands();
        for (Operand operand : OPERANDS) {
            if (spec.has(operand)) {
                HostTensor tensor = HostTensor.of(operand.label(), tensors.get(operand), backend);
                operands.set(spec, operand, tensor.memory());
            }
        }
        return queue.submit(() -> computation.run(operands));
    }
}
