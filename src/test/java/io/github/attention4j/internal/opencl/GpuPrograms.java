package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.DType;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.kernel.KernelSource;
import io.github.attention4j.internal.plan.BlockMaskLaunches;
import io.github.attention4j.internal.plan.Families;
import io.github.attention4j.internal.plan.Planner;
import io.github.attention4j.internal.plan.family.Launch;
import io.github.attention4j.internal.plan.family.TileConfig;
import io.github.attention4j.internal.plan.layers.LayerLaunch;
import io.github.attention4j.internal.plan.layers.LayerPlanner;
import io.github.attention4j.score.Functions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The programs that the planner would build on GPUs, for {@code native-test/gpu-compile}. It asks the planner, so
 * nothing is listed twice: a new family or configuration is checked as soon as it is packaged.
 *
 * <p>The argument is a folder. It gets {@code programs.tsv}, one line for each target and program (target, label,
 * tiles, kernel, work-items, bytes of local memory or -1, source, options; the kernel is "none" where the planner has
 * no configuration), and the source of every kernel with its includes pasted in.
 */
final class GpuPrograms {
    /**
     * One of each kind of compiler and register file. Elsewhere only what the planner takes is compiled, for a compile
     * takes up to seconds.
     */
    private static final Set<GpuTarget> EVERY_CONFIGURATION =
            EnumSet.of(GpuTarget.SM_80, GpuTarget.GFX90A, GpuTarget.GFX1100, GpuTarget.DG2, GpuTarget.SPIRV);

    private final Map<String, String> lines = new LinkedHashMap<>();
    /** By the name of a file: a kernel's, with what of the user's functions stands in front. */
    private final Map<String, String> sources = new TreeMap<>();

    private final Set<KernelFamily> seen = new TreeSet<>();

    private GpuPrograms() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Files.createDirectories(folder);
        GpuPrograms programs = new GpuPrograms();
        for (GpuTarget target : GpuTarget.values()) {
            programs.seen.addAll(programs.addForward(target));
            programs.addTwins(target);
            programs.addPieces(target);
            programs.addBulk(target);
            programs.addPairs(target);
            programs.addGradients(KernelFamily.TILES, gradientSpecs(), target);
            programs.addGradients(KernelFamily.MATRIX, matrixGradientSpecs(), target);
            programs.addSharedGradients(target);
            programs.addOthers(target);
        }
        for (KernelFamily family : families()) {
            if (!programs.seen.contains(family)) {
                throw new IllegalStateException("no target has a program of " + family + ", so none would be checked");
            }
        }
        for (Map.Entry<String, String> source : programs.sources.entrySet()) {
            Files.writeString(folder.resolve(source.getKey() + ".cl"), source.getValue());
        }
        try (PrintStream out =
                new PrintStream(Files.newOutputStream(folder.resolve("programs.tsv")), false, StandardCharsets.UTF_8)) {
            programs.lines.values().forEach(out::println);
        }
    }

    /** The families that run on a GPU. */
    private static List<KernelFamily> families() {
        List<KernelFamily> families = new ArrayList<>(List.of(KernelFamily.values()));
        families.removeAll(List.of(KernelFamily.LANES, KernelFamily.JAVA, KernelFamily.REFERENCE));
        return families;
    }

    /** What the forward kernels are compiled for, by label. */
    private static Map<String, AttentionSpec> specs() {
        Map<String, AttentionSpec> specs = new LinkedHashMap<>();
        for (int headDim : new int[] {64, 128}) {
            for (DType type : new DType[] {DType.F32, DType.F16, DType.BF16}) {
                specs.put("d" + headDim + " " + type, spec(headDim, type).build());
            }
        }
        specs.put("d80 F32", spec(80, DType.F32).build());
        specs.put("d256 F32", spec(256, DType.F32).build());
        specs.put("d65 F16", spec(65, DType.F16).build());
        specs.put(
                "d64 F32 bias softcap alibi",
                spec(64, DType.F32).bias(DType.F32).softcap(30).alibi().build());
        specs.put(
                "d128 F16 keep rotary",
                spec(128, DType.F16)
                        .keepMask(DType.BIT)
                        .rotary(new Rotary(128, false, 1024))
                        .build());
        specs.put(
                "d128 F16 paged I8",
                spec(128, DType.F16)
                        .type(Operand.KEY, DType.I8)
                        .type(Operand.VALUE, DType.I8)
                        .paged(64, 32)
                        .build());
        specs.put(
                "d128 F16 T5",
                spec(128, DType.F16)
                        .score(Functions.t5(0, 32, 128, true))
                        .scoreTensor(0, DType.F32, 32, 8)
                        .build());
        specs.put(
                "d64 F16 documents",
                spec(64, DType.F16)
                        .keep(Functions.documents(0, 0))
                        .scoreTensor(0, DType.I32, 2, 1024)
                        .build());
        specs.put("d64 F16 blocks", spec(64, DType.F16).blockMask(128, 64).build());
        specs.put(
                "d64 F16 documents in blocks",
                spec(64, DType.F16)
                        .keep(Functions.documents(0, 0))
                        .scoreTensor(0, DType.I32, 2, 1024)
                        .blockMask(128, 64)
                        .build());
        return specs;
    }

    /** What the decode kernels are compiled for. */
    private static Map<String, AttentionSpec> decodeSpecs() {
        Map<String, AttentionSpec> specs = new LinkedHashMap<>();
        for (DType type : new DType[] {DType.F32, DType.F16, DType.BF16}) {
            specs.put("d128 " + type, decode(128, type, 1).build());
        }
        specs.put("d64 F16 16 queries", decode(64, DType.F16, 16).build());
        specs.put("d256 F16", decode(256, DType.F16, 1).build());
        specs.put(
                "d64 F32 bias softcap alibi",
                decode(64, DType.F32, 1).bias(DType.F32).softcap(30).alibi().build());
        specs.put(
                "d128 F16 keep rotary",
                decode(128, DType.F16, 1)
                        .keepMask(DType.BIT)
                        .rotary(new Rotary(128, false, 8192))
                        .build());
        specs.put(
                "d128 F16 tree",
                decode(128, DType.F16, 4)
                        .keep(Functions.tree(0))
                        .scoreTensor(0, DType.I32, 4, 1)
                        .build());
        specs.put(
                "d128 F16 blocks",
                decode(128, DType.F16, 1).blockMask(16, 64, 1, 32).build());
        return specs;
    }

    private static AttentionSpecBuilder decode(int headDim, DType type, int queries) {
        return AttentionSpec.builder()
                .heads(32)
                .kvHeads(8)
                .queryLength(queries)
                .keyLength(8192)
                .headDim(headDim)
                .types(type);
    }

    private static AttentionSpecBuilder spec(int headDim, DType type) {
        return AttentionSpec.builder()
                .batch(2)
                .heads(8)
                .sequenceLength(1024)
                .headDim(headDim)
                .types(type);
    }

    /**
     * Of the first spec that a family can compute every legal configuration if the target is for that; else the one
     * that would be taken. Returns the families.
     */
    private Set<KernelFamily> addForward(GpuTarget target) {
        Set<KernelFamily> begun = new TreeSet<>();
        for (KernelFamily family : families()) {
            boolean decode = family == KernelFamily.DECODE;
            for (Map.Entry<String, AttentionSpec> entry : (decode ? decodeSpecs() : specs()).entrySet()) {
                List<TileConfig> candidates = candidates(family, entry.getValue(), target);
                if (candidates.isEmpty() && family == KernelFamily.TILES) {
                    lines.put(
                            target + entry.getKey(),
                            String.join(
                                    "\t",
                                    target.label(),
                                    family + " " + entry.getKey(),
                                    "",
                                    "none",
                                    "0",
                                    "-1",
                                    "",
                                    ""));
                }
                if (!candidates.isEmpty() && !(begun.add(family) && EVERY_CONFIGURATION.contains(target))) {
                    candidates = candidates.subList(0, 1);
                }
                for (TileConfig tiles : candidates) {
                    KernelOptions options = tiles.kernel(entry.getValue());
                    String label = family + " " + entry.getKey();
                    add(target, label, tiles.text(), options, tiles.workItems(), tiles.localBytes(entry.getValue()));
                }
            }
        }
        return begun;
    }

    /** What ready functions are compared with by the model: the same given as inputs with an element for each pair. */
    private void addTwins(GpuTarget target) {
        if (target != GpuTarget.SM_80 && target != GpuTarget.SM_90) {
            return;
        }
        Map<String, AttentionSpec> twins = new LinkedHashMap<>();
        twins.put(
                "d64 F16 keep",
                spec(64, DType.F16).keepMask(DType.U8, 2, 1, 1024, 1024).build());
        twins.put(
                "d128 F16 bias",
                spec(128, DType.F16).bias(DType.F32, 1, 8, 1024, 1024).build());
        for (Map.Entry<String, AttentionSpec> twin : twins.entrySet()) {
            TileConfig tiles =
                    candidates(KernelFamily.MATRIX, twin.getValue(), target).get(0);
            String label = KernelFamily.MATRIX + " " + twin.getKey();
            long local = tiles.localBytes(twin.getValue());
            add(target, label, tiles.text(), tiles.kernel(twin.getValue()), tiles.workItems(), local);
        }
    }

    /**
     * f32 in pieces on every unit, also where the planner wants a tuning row for it: its own tiles, or those of f16
     * with as few keys as registers and local memory hold.
     */
    private void addPieces(GpuTarget target) {
        for (String size : new String[] {"d64", "d128"}) {
            AttentionSpec spec = specs().get(size + " F32");
            List<TileConfig> found = candidates(KernelFamily.MATRIX, spec, target);
            for (TileConfig likely : candidates(KernelFamily.MATRIX, specs().get(size + " F16"), target)) {
                if (likely.macros().containsKey("STAGES")) {
                    continue; // those are copied as they are, which is for 16 bits
                }
                for (int keys = isWide(likely) ? 64 : 16; keys >= 16; keys /= 2) {
                    String text = likely.text().replaceAll("TILE_KV=\\d+", "TILE_KV=" + keys) + " PIECES=3";
                    TileConfig tiles = Families.parse(KernelFamily.MATRIX, text);
                    if (found.isEmpty() && tiles.obstacle(spec, target.device()).isEmpty()) {
                        found.add(tiles);
                    }
                }
            }
            if (!found.isEmpty()) {
                addPieces(target, "MATRIX " + size + " F32 in pieces", spec, found.get(0));
            }
        }
    }

    /** Tiles that Hopper's copy engine brings, which no planner takes before a card has measured them: each step. */
    private void addBulk(GpuTarget target) {
        for (String size : new String[] {"d64", "d128"}) {
            AttentionSpec spec = specs().get(size + " F16");
            for (TileConfig tiles : candidates(KernelFamily.MATRIX, spec, target)) {
                if (tiles.macros().containsKey("STAGES")) {
                    String label = "MATRIX " + size + " F16 copy engine";
                    KernelOptions before = tiles.launchesBefore(spec).get(0).kernel();
                    add(target, label, tiles.text(), tiles.kernel(spec), tiles.workItems(), tiles.localBytes(spec));
                    add(
                            target,
                            label + ", tiles laid out",
                            tiles.text(),
                            before,
                            32 * tiles.macros().get("SUB_GROUPS"),
                            -1);
                }
            }
        }
    }

    /** Decoding by 16 bytes at once, which no planner takes before a card has measured it either. */
    private void addPairs(GpuTarget target) {
        for (DType type : new DType[] {DType.F16, DType.BF16}) {
            AttentionSpec spec = decode(128, type, 1).build();
            for (TileConfig tiles : candidates(KernelFamily.DECODE, spec, target)) {
                if (tiles.macros().containsKey("LOAD_FOURS")) {
                    String label = "DECODE d128 " + type + " 16 bytes at once";
                    add(target, label, tiles.text(), tiles.kernel(spec), tiles.workItems(), tiles.localBytes(spec));
                }
            }
        }
    }

    /** Whether lanes of the unit have registers for pieces of the weights of many keys: NVIDIA's and CDNA's do. */
    private static boolean isWide(TileConfig tiles) {
        return tiles.macros().get("UNIT") <= 2;
    }

    private void addPieces(GpuTarget target, String label, AttentionSpec spec, TileConfig tiles) {
        int items = tiles.workItems();
        add(target, label, tiles.text(), tiles.kernel(spec), items, tiles.localBytes(spec));
        add(target, label, tiles.text(), tiles.launchesBefore(spec).get(0).kernel(), items, -1);
        TileConfig other = tiles.fallback(spec, target.device()).orElseThrow();
        KernelOptions left = other.kernelOfFallback(spec);
        add(target, label + ", what is left", other.text(), left, other.workItems(), other.localBytes(spec));
    }

    /** What the kernels of gradients are compiled for. */
    private static Map<String, AttentionSpec> gradientSpecs() {
        Map<String, AttentionSpec> specs = specs();
        specs.remove("d128 F16 paged I8"); // has no gradients
        specs.replaceAll((label, spec) -> spec.backward());
        return specs;
    }

    /** What takes more registers than the plain ones, of operands that matrix units multiply. */
    private static Map<String, AttentionSpec> matrixGradientSpecs() {
        Map<String, AttentionSpec> specs = gradientSpecs();
        for (int headDim : new int[] {64, 128}) {
            for (DType type : new DType[] {DType.F16, DType.BF16}) {
                AttentionSpec forward = spec(headDim, type)
                        .bias(type)
                        .softcap(30)
                        .alibi()
                        .dropout(0.1f)
                        .build();
                specs.put("d" + headDim + " " + type + " bias softcap alibi dropout", forward.backward());
            }
        }
        return specs;
    }

    /** Likewise of gradients: what a family launches for them alone. */
    private void addGradients(KernelFamily family, Map<String, AttentionSpec> specs, GpuTarget target) {
        boolean every = EVERY_CONFIGURATION.contains(target);
        for (Map.Entry<String, AttentionSpec> entry : specs.entrySet()) {
            AttentionSpec spec = entry.getValue();
            List<TileConfig> candidates = candidates(family, spec, target);
            for (TileConfig tiles : every ? candidates : candidates.subList(0, Math.min(1, candidates.size()))) {
                for (Launch launch : tiles.gradientLaunches(spec, target.device())) {
                    String kernel = launch.kernel().kernel();
                    if (kernel.startsWith("attn_backward_")) {
                        String label = family + " gradients of " + (kernel.contains("keys") ? "keys " : "queries ");
                        long local = tiles.localBytes(spec);
                        add(target, label + entry.getKey(), tiles.text(), launch.kernel(), launch.items(), local);
                    }
                }
            }
            every = false;
        }
    }

    /** What all families launch. */
    private void addSharedGradients(GpuTarget target) {
        AttentionSpec turned = gradientSpecs().get("d128 F16 keep rotary");
        AttentionSpec rich = gradientSpecs().get("d64 F32 bias softcap alibi");
        int items = (int) Math.min(64, target.device().maxWorkGroupSize());
        add(target, "gradients delta", "", KernelOptions.delta(turned, items), items, -1);
        add(target, "gradients rows", "", KernelOptions.gradientRows(turned, Operand.GRAD_KEY, items), items, -1);
        add(target, "gradients heads", "", KernelOptions.gradientHeads(rich, items), items, -1);
        AttentionSpec biased = specs().get("d64 F32 bias softcap alibi").backward(Operand.BIAS);
        AttentionSpec tensor = specs().get("d128 F16 T5").backward(Operand.SCORE_TENSOR_0);
        add(target, "gradients tensor T5", "", KernelOptions.gradientTensor(tensor, 0, items), items, -1);
        add(target, "gradients tensor T5", "", KernelOptions.gradientTensorSum(tensor, 0, 128, items), items, -1);
        add(target, "gradients bias", "", KernelOptions.gradientBias(biased, items), items, -1);
    }

    /** Every legal configuration, best first: the planner's trials, none of which is content. */
    private static List<TileConfig> candidates(KernelFamily family, AttentionSpec spec, GpuTarget target) {
        List<TileConfig> candidates = new ArrayList<>();
        Planner.Trial never = (options, tiles) -> {
            candidates.add(tiles);
            return Optional.of("the next one, please");
        };
        try {
            new Planner(target.device(), EngineOptions.defaults().withFamily(family)).choose(spec, never);
        } catch (UnsupportedByDeviceException e) {
            return candidates; // all were tried, or the family is not for this spec or device
        }
        throw new IllegalStateException("the planner took a configuration that the trial refused");
    }

    private void addOthers(GpuTarget target) {
        AttentionSpec plain = spec(64, DType.F32).build();
        AttentionSpec rich = spec(64, DType.F32)
                .bias(DType.F32)
                .softcap(30)
                .alibi()
                .rotary(new Rotary(64, false, 1024))
                .build();
        int items = (int) Math.min(64, target.device().maxWorkGroupSize());
        add(target, "scores", "", KernelOptions.scores(plain, items), items, -1);
        add(target, "scores rich", "", KernelOptions.scores(rich, items), items, -1);
        KernelOptions combine = KernelOptions.combine(plain, false, items);
        add(target, "combine", "", combine, items, -1);
        add(target, "merge", "", KernelOptions.merge(64, DType.F32, DType.F32), 0, -1);
        KvCacheSpec.Builder cache =
                KvCacheSpec.builder().kvHeads(8).headDim(128).maxLength(1024).paged(64, 32);
        Rotary rotary = new Rotary(128, false, 1024);
        add(target, "append", "", KernelOptions.append(cache.type(DType.F16).build(), DType.F32), 0, -1);
        cache.rotary(rotary, rotary.cosines(10000), rotary.sines(10000));
        add(
                target,
                "append I8 rotary",
                "",
                KernelOptions.append(cache.type(DType.I8).build(), DType.F16),
                0,
                -1);
        add(target, "append I4", "", KernelOptions.append(cache.type(DType.I4).build(), DType.F16), 0, -1);
        add(target, "write", "", KernelOptions.write(), 0, -1);
        add(target, "rotate", "", KernelOptions.rotate(new Rotary(64, false, 1024), 64, DType.F16), 0, -1);
        AttentionSpec blocks = specs().get("d64 F16 documents in blocks");
        BlockMaskLaunches masks = new BlockMaskLaunches(blocks, target.device());
        add(
                target,
                "block mask of documents",
                "",
                masks.search().kernel(),
                masks.search().items(),
                -1);
        for (Launch launch : masks.tables()) {
            String kernel = launch.kernel().kernel();
            add(
                    target,
                    "block mask" + kernel.substring(kernel.lastIndexOf('_')).replace('_', ' '),
                    "",
                    launch.kernel(),
                    launch.items(),
                    -1);
        }
        LayerPlanner planner = new LayerPlanner(target.device(), EngineOptions.defaults());
        GpuLayers.all().forEach((label, layer) -> {
            for (LayerLaunch launch : planner.choose(layer, (kernel, family, groupItems, subGroup) -> Optional.empty())
                    .launches()) {
                add(target, label, "", launch.kernel(), (int) launch.localSize()[0], -1);
            }
        });
    }

    private void add(GpuTarget target, String label, String tiles, KernelOptions options, int items, long localBytes) {
        String functions = options.functions();
        String source = options.kernel() + (functions.isEmpty() ? "" : "-" + Integer.toHexString(functions.hashCode()));
        sources.computeIfAbsent(source, name -> functions + KernelSource.of(options.kernel()));
        lines.putIfAbsent(
                target + source + options.text(),
                String.join(
                        "\t",
                        target.label(),
                        label,
                        tiles,
                        options.kernel(),
                        "" + items,
                        "" + localBytes,
                        source,
                        options.text()));
    }
}
