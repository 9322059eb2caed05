package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.BlockMask;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.JavaSide;
import io.github.attention4j.internal.engine.Backends;
import io.github.attention4j.internal.plan.BlockMaskLaunches;
import io.github.attention4j.score.Functions;
import io.github.attention4j.testing.Problem;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernels that make block masks: their text for GPUs, and what happens where they are wrong. */
@Tag("opencl")
class BlockMasksTest {
    private static final EngineOptions NO_FOLDER = EngineOptions.defaults().withCacheDirectory(null);
    private static final JavaSide JAVA = Backends.javaSide(EngineOptions.defaults());

    @TempDir
    Path folder;

    private static AttentionSpec spec(int queries, int keys) {
        return AttentionSpec.builder()
                .batch(2)
                .heads(2)
                .queryLength(queries)
                .keyLength(keys)
                .headDim(1)
                .causal()
                .keyLengths()
                .scoreTensor(0, DType.I32, 2, keys)
                .keep(Functions.documents(0, 0))
                .blockMask(16, 19, 2, 1)
                .build();
    }

    /** The first device as if it were a GPU. */
    private static OpenCl.Found asGpu(OpenCl.Found found) {
        Device d = found.device();
        Device gpu = new Device(
                d.id(),
                Device.Type.GPU,
                d.name(),
                d.vendor(),
                d.platform(),
                d.driver(),
                d.computeUnits(),
                d.vectorWidth(),
                d.maxWorkGroupSize(),
                d.localMemory(),
                d.globalMemory(),
                d.maxAllocation(),
                d.sharesHostMemory(),
                d.extensions(),
                d.instructions());
        return new OpenCl.Found(gpu, found.platform(), found.handle());
    }

    private static AttentionArrays inputs(AttentionSpec spec, int seed) {
        return new Problem(spec, seed, 1).inputs();
    }

    private static BlockMask right(AttentionSpec spec, AttentionArrays inputs) {
        try (Backend java = JAVA.open("java")) {
            return java.blockMask(spec, inputs);
        }
    }

    @Test
    void workItemsOfGpusMakeTheSame() {
        try (Backend gpu = OpenClBackend.open(asGpu(DeviceSearch.run().found().get(0)), NO_FOLDER)) {
            for (int seed = 1; seed < 5; seed++) {
                AttentionSpec spec = spec(40 * seed + 1, 90 * seed + 7);
                AttentionArrays inputs = inputs(spec, seed);
                assertEquals(right(spec, inputs), gpu.blockMask(spec, inputs));
                assertTrue(gpu.planBlockMask(spec).explain().contains("by kernels"));
            }
        }
    }

    /** A kernel that lists a block in full where it should be listed in part. */
    @Test
    void aDriverThatMakesWrongOnesIsFoundOut() {
        OpenCl.Found unknown = SelfCheckTest.unknown();
        EngineOptions options = EngineOptions.defaults().withCacheDirectory(folder);
        AttentionSpec spec = spec(70, 130);
        AttentionArrays inputs = inputs(spec, 3);
        UnaryOperator<String> wrong = source -> {
            String planted = source.replace("said == PAIRS_KEPT ? 1 : 0", "said != 0 ? 1 : 0");
            assertFalse(planted.equals(source), "there is nothing to plant in");
            return planted;
        };
        AttentionSpec small = new SmallBlockMask(spec).spec();
        SelfCheckTest.plant(
                unknown,
                new BlockMaskLaunches(small, unknown.device()).tables().get(0).kernel(),
                wrong,
                options);
        try (Backend backend = OpenClBackend.open(unknown, options, JAVA)) {
            String explained = backend.planBlockMask(spec).explain();
            assertTrue(explained.contains("self-check") && explained.contains("in Java"), explained);
            BlockMask right = right(spec, inputs);
            assertEquals(right, backend.blockMask(spec, inputs));
            assertArrayEquals(right.array(), enqueued(backend, spec, inputs));
        }
    }

    @Test
    void aDriverThatIsRightPasses() {
        try (Backend backend = OpenClBackend.open(SelfCheckTest.unknown(), NO_FOLDER, JAVA)) {
            AttentionSpec spec = spec(70, 130);
            String explained = backend.planBlockMask(spec).explain();
            assertTrue(explained.contains("by kernels"), explained);
            AttentionArrays inputs = inputs(spec, 2);
            assertArrayEquals(right(spec, inputs).array(), enqueued(backend, spec, inputs));
        }
    }

    private static int[] enqueued(Backend backend, AttentionSpec spec, AttentionArrays inputs) {
        int[] mask = new int[(int) spec.operand(Operand.BLOCK_MASK).elements()];
        try (Stream stream = backend.newStream();
                DeviceTensor target = tensor(backend, spec, Operand.BLOCK_MASK);
                DeviceTensor lengths = tensor(backend, spec, Operand.KEY_LENGTHS);
                DeviceTensor documents = tensor(backend, spec, Operand.SCORE_TENSOR_0)) {
            lengths.upload(stream, (int[]) inputs.get(Operand.KEY_LENGTHS));
            documents.upload(stream, (int[]) inputs.get(Operand.SCORE_TENSOR_0));
            AttentionTensors tensors = new AttentionTensors()
                    .with(Operand.BLOCK_MASK, target)
                    .with(Operand.KEY_LENGTHS, lengths)
                    .with(Operand.SCORE_TENSOR_0, documents);
            backend.planBlockMask(spec).enqueue(stream, tensors);
            target.download(stream, mask);
        }
        return mask;
    }

    private static DeviceTensor tensor(Backend backend, AttentionSpec spec, Operand operand) {
        var size = spec.operand(operand);
        return backend.allocate(size.dtype(), size.batch(), size.heads(), size.rows(), size.columns());
    }
}
