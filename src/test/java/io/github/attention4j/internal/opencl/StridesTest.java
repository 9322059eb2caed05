package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.opencl.KernelParams.Layout;
import io.github.attention4j.internal.plan.Planner;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.Problem;
import java.util.Arrays;
import java.util.Optional;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_kernel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Strides and starts are run-time values of the kernels: padding full of NaN is neither read nor written. */
@Tag("opencl")
class StridesTest {
    private static final AttentionSpec SPEC = AttentionSpec.builder()
            .batch(2)
            .heads(4)
            .kvHeads(2)
            .queryLength(21)
            .keyLength(37)
            .headDim(10)
            .valueDim(7)
            .causal()
            .returnLse()
            .build();

    @Tag("oclgrind")
    @ParameterizedTest
    @EnumSource(names = {"LANES", "TILES"})
    void paddingIsNeitherReadNorWritten(KernelFamily family) {
        Problem problem = new Problem(SPEC, 6, 1);
        Padded query = new Padded(4, 21, 10);
        Padded key = new Padded(2, 37, 10);
        Padded value = new Padded(2, 37, 7);
        Padded out = new Padded(4, 21, 7);
        float[] lse = new float[(int) SPEC.lseElements()];
        query.fill(problem.query());
        key.fill(problem.key());
        value.fill(problem.value());
        OpenCl.Found found = OpenCl.discover().found().get(0);
        try (ClContext context = ClContext.make(found);
                ProgramCache programs =
                        new ProgramCache(context, EngineOptions.defaults().cacheDirectory());
                ClStream stream = ClStream.make(context)) {
            Planner planner =
                    new Planner(found.device(), EngineOptions.defaults().withFamily(family));
            Planner.Choice choice = planner.choose(SPEC, (options, tiles) -> Optional.empty());
            ClTensor[] tensors = {
                tensor(context, stream, query.memory),
                tensor(context, stream, key.memory),
                tensor(context, stream, value.memory),
                tensor(context, stream, out.memory),
                tensor(context, stream, lse)
            };
            launch(programs.get(choice.options()), stream, choice, tensors, query, key, value, out);
            tensors[3].download(stream, out.memory);
            tensors[4].download(stream, lse);
        }
        Budget.check(problem, out.dense(), lse);
        int outside = 0;
        for (float each : out.memory) {
            outside += Float.isNaN(each) ? 1 : 0;
        }
        assertEquals(out.memory.length - SPEC.outElements(), outside, "padding of out that is still NaN");
        assertTrue(outside > 0);
    }

    private static void launch(
            ClProgram program,
            ClStream stream,
            Planner.Choice choice,
            ClTensor[] tensors,
            Padded query,
            Padded key,
            Padded value,
            Padded out) {
        cl_kernel kernel = program.acquire();
        cl_command_queue queue = stream.acquire();
        try {
            for (int i = 0; i < tensors.length; i++) {
                Cl.setArgument(kernel, i, Sizeof.cl_mem, tensors[i].argument(), "a test");
            }
            Pointer params = Pointer.to(
                    KernelParams.of(SPEC, choice.groupQueries(), query.layout, key.layout, value.layout, out.layout));
            Cl.setArgument(kernel, tensors.length, KernelParams.BYTES, params, "a test");
            int items = choice.tiles().workItems();
            long groups = (SPEC.queryLength() + choice.groupQueries() - 1L) / choice.groupQueries();
            long[] global = {groups * items, SPEC.heads(), SPEC.batch()};
            Cl.launch(queue, kernel, global, new long[] {items, 1, 1}, null, "a test");
        } finally {
            stream.release();
            program.release();
        }
    }

    private static ClTensor tensor(ClContext context, ClStream stream, float[] memory) {
        ClTensor tensor = ClTensor.make(context, null, DType.F32, 1, 1, 1, memory.length);
        tensor.upload(stream, memory);
        return tensor;
    }

    /** A tensor of SPEC's batch with NaN before it, after it, and between its rows, heads and batch entries. */
    private static final class Padded {
        final Layout layout;
        final float[] memory;
        private final int heads;
        private final int rows;
        private final int columns;

        Padded(int heads, int rows, int columns) {
            this.heads = heads;
            this.rows = rows;
            this.columns = columns;
            long row = columns + 3;
            long head = rows * row + 5;
            long batch = heads * head + 11;
            layout = new Layout(7, batch, head, row);
            memory = new float[(int) (7 + SPEC.batch() * batch + 13)];
            Arrays.fill(memory, Float.NaN);
        }

        private int at(int denseRow) {
            int row = denseRow % rows;
            int head = denseRow / rows % heads;
            int batch = denseRow / rows / heads;
            return (int) (layout.start() + batch * layout.batch() + head * layout.head() + row * layout.row());
        }

        void fill(float[] dense) {
            for (int row = 0; row < dense.length / columns; row++) {
                System.arraycopy(dense, row * columns, memory, at(row), columns);
            }
        }

        float[] dense() {
            float[] dense = new float[SPEC.batch() * heads * rows * columns];
            for (int row = 0; row < dense.length / columns; row++) {
                System.arraycopy(memory, at(row), dense, row * columns, columns);
            }
            return dense;
        }
    }
}
