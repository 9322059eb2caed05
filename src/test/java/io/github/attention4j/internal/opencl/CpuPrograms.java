package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Operand;
import io.github.attention4j.Precision;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.kernel.KernelSource;
import io.github.attention4j.internal.plan.Planner;
import io.github.attention4j.testing.SomeDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The programs that the planner would build on processors with vectors of 4, 8 and 16 floats, for
 * {@code native-test/cpu-compile}.
 *
 * <p>The argument is a folder. It gets {@code programs.tsv}, one line for each program (floats in a vector, label,
 * kernel, options), and the source of every kernel with its includes pasted in.
 */
final class CpuPrograms {
    private CpuPrograms() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Files.createDirectories(folder);
        List<String> lines = new ArrayList<>();
        Set<String> kernels = new TreeSet<>();
        for (int vectorWidth : new int[] {4, 8, 16}) {
            plan(device(vectorWidth, ""), specs(), lines, kernels);
        }
        plan(device(16, "VDPBF16PS"), dotSpecs(), lines, kernels);
        plan(device(16, "TDPBF16PS"), amxSpecs(), lines, kernels);
        plan(
                device(16, "TDPBSSD"),
                Map.of("decode d128 g8 by tiles of bytes", decode(128, 8, DType.I8)),
                lines,
                kernels);
        for (String kernel : kernels) {
            Files.writeString(folder.resolve(kernel + ".cl"), KernelSource.of(kernel));
        }
        Files.write(folder.resolve("programs.tsv"), lines);
    }

    private static void plan(Device device, Map<String, AttentionSpec> specs, List<String> lines, Set<String> kernels) {
        Planner planner = new Planner(device, EngineOptions.defaults().withAmx(true));
        for (Map.Entry<String, AttentionSpec> spec : specs.entrySet()) {
            KernelOptions options = planner.choose(spec.getValue(), (ignored, tiles) -> Optional.empty())
                    .options();
            kernels.add(options.kernel());
            lines.add(String.join("\t", "" + device.vectorWidth(), spec.getKey(), options.kernel(), options.text()));
        }
    }

    /** For a processor with dot products of bf16 and of bytes. */
    private static Map<String, AttentionSpec> dotSpecs() {
        Map<String, AttentionSpec> specs = new LinkedHashMap<>();
        for (int headDim : new int[] {64, 80, 128}) {
            specs.put(
                    "d" + headDim + " bf16 pairs",
                    spec(headDim).types(DType.BF16).build());
        }
        specs.put("d64 f32 as bf16 pairs", spec(64).precision(Precision.BF16).build());
        for (int groupSize : new int[] {1, 2, 4}) {
            specs.put("decode d128 g" + groupSize + " by bytes", decode(128, groupSize, DType.I8));
        }
        specs.put("decode d128 g4 by halves of bytes", decode(128, 4, DType.I4));
        specs.put(
                "d64 bf16 pairs bias softcap alibi",
                spec(64).types(DType.BF16).bias(DType.F32).softcap(30).alibi().build());
        return specs;
    }

    /** For a processor with AMX. */
    private static Map<String, AttentionSpec> amxSpecs() {
        Map<String, AttentionSpec> specs = new LinkedHashMap<>();
        for (int headDim : new int[] {64, 80, 128}) {
            specs.put(
                    "d" + headDim + " bf16 amx", spec(headDim).types(DType.BF16).build());
        }
        specs.put("d64 bf16 amx gradients", spec(64).types(DType.BF16).build().backward());
        for (int headDim : new int[] {64, 128}) {
            specs.put(
                    "d" + headDim + " f16 amx pieces",
                    spec(headDim).types(DType.F16).build());
        }
        specs.put("d64 f32 as bf16 amx", spec(64).precision(Precision.BF16).build());
        specs.put(
                "d64 bf16 amx bias softcap alibi",
                spec(64).types(DType.BF16).bias(DType.F32).softcap(30).alibi().build());
        specs.put(
                "d64 f16 amx pieces bias softcap alibi",
                spec(64).types(DType.F16).bias(DType.F32).softcap(30).alibi().build());
        return specs;
    }

    private static Map<String, AttentionSpec> specs() {
        Map<String, AttentionSpec> specs = new LinkedHashMap<>();
        for (int headDim : new int[] {32, 64, 80, 128, 256}) {
            specs.put("d" + headDim, spec(headDim).build());
        }
        specs.put("d64 f16", spec(64).types(DType.F16).build());
        specs.put("d64 bias", spec(64).bias(DType.F32).build());
        specs.put("d64 softcap alibi", spec(64).softcap(30).alibi().build());
        for (int headDim : new int[] {64, 128}) {
            for (int groupSize : new int[] {1, 4}) {
                for (DType type : new DType[] {DType.F32, DType.F16, DType.BF16, DType.I8, DType.I4}) {
                    specs.put("decode d" + headDim + " g" + groupSize + " " + type, decode(headDim, groupSize, type));
                }
            }
        }
        return specs;
    }

    /** One token with a paged cache. */
    private static AttentionSpec decode(int headDim, int groupSize, DType type) {
        return spec(headDim)
                .queryLength(1)
                .kvHeads(8 / groupSize)
                .type(Operand.KEY, type)
                .type(Operand.VALUE, type)
                .paged(64, 16)
                .build();
    }

    private static AttentionSpecBuilder spec(int headDim) {
        return AttentionSpec.builder().heads(8).sequenceLength(1024).headDim(headDim);
    }

    private static Device device(int vectorWidth, String best) {
        return new Device(
                "cpu:0",
                Device.Type.CPU,
                "a processor with vectors of " + vectorWidth + " floats",
                "Some Vendor",
                "Portable Computing Language",
                "offline",
                8,
                vectorWidth,
                4096,
                512 << 10,
                16L << 30,
                4L << 30,
                true,
                "",
                SomeDevice.instructions(best));
    }
}
