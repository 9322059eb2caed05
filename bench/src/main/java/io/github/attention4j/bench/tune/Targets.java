package io.github.attention4j.bench.tune;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.bench.run.Shapes;
import io.github.attention4j.internal.plan.Candidates;
import io.github.attention4j.internal.plan.Candidates.Tiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What there is to tune on a device. */
public final class Targets {
    private static final List<DType> TYPES = List.of(DType.F32, DType.F16);
    private static final String CARD = "bench/run card";
    private static final int QUICK_DIVISOR = 16;
    /** Keys and values of a problem are Java arrays, and some copies of them are made. */
    private static final double SHARE_OF_HEAP = 0.1;

    private Targets() {}

    /** The planner's families, for a card that nobody knows; the shapes are the tuner's own. */
    public static List<TuningTarget> everything(Device device, boolean quick, Path folder) throws IOException {
        List<TuningTarget> targets = new ArrayList<>();
        List<KernelFamily> families = Families.ofPlanner(device);
        for (DType type : TYPES) {
            for (KernelFamily family : families) {
                if (family == KernelFamily.MATRIX && type == DType.F32) {
                    continue; // matrix units multiply 16-bit numbers
                }
                if (family == KernelFamily.DECODE) {
                    List<AttentionSpec> steps = List.of(step(1, 65_536, quick), step(8, 4096, quick));
                    add(targets, new TuningTarget(family, type, steps.get(0).headDim(), steps, CARD), device, folder);
                    continue;
                }
                for (int headDim : headDims(quick)) {
                    add(targets, new TuningTarget(family, type, headDim, List.of(), CARD), device, folder);
                }
            }
        }
        return targets;
    }

    /**
     * What calls on this device are made of.
     *
     * @param families to tune, or empty: those that the planner takes by itself
     * @param shapes to tune for, or empty: the tuner's own
     * @param folder for tuning tables while it looks
     */
    public static List<TuningTarget> of(
            Device device, List<KernelFamily> families, List<AttentionSpec> shapes, boolean quick, Path folder)
            throws IOException {
        String command = "bench/run tune";
        List<TuningTarget> targets = new ArrayList<>();
        for (DType type : TYPES) {
            for (KernelFamily family : families.isEmpty() ? List.of(Families.ofPlanner(device, type)) : families) {
                for (TuningTarget target : TuningTarget.of(family, type, shapes, command)) {
                    add(targets, target, device, folder);
                }
                for (int headDim : shapes.isEmpty() ? headDims(quick) : new int[0]) {
                    add(targets, new TuningTarget(family, type, headDim, List.of(), command), device, folder);
                }
            }
        }
        return targets;
    }

    /** A step of text generation: one query a head over so many keys, or fewer where the JVM has little memory. */
    private static AttentionSpec step(int batch, int longest, boolean quick) {
        int keys = longest / (quick ? QUICK_DIVISOR : 1);
        AttentionSpec step = Shapes.parse(batch + "x32/8x1x" + keys + "x128");
        double most = Runtime.getRuntime().maxMemory() * SHARE_OF_HEAP;
        while (keys > 1 && (double) step.keyElements() * Float.BYTES > most) {
            keys /= 2;
            step = step.toBuilder().keyLength(keys).build();
        }
        return step;
    }

    private static int[] headDims(boolean quick) {
        return quick ? new int[] {64} : new int[] {64, 128};
    }

    /** Leaves out what no planner looks up: it is not worth the time. */
    private static void add(List<TuningTarget> targets, TuningTarget target, Device device, Path folder)
            throws IOException {
        Optional<Tiles> any = Neighbours.first(target.family(), target.spec(), device).stream()
                .filter(tiles -> tiles.obstacle(target.spec(), device).isEmpty())
                .findFirst();
        if (any.isEmpty()) { // stays, so that the result says why
            targets.add(target);
            return;
        }
        Path table = folder.resolve("listened.csv");
        Files.writeString(table, TuningTarget.table(List.of(target.row(device, any.get(), 1))));
        if (Candidates.found(table, target.family(), target.spec(), device).isPresent()) {
            targets.add(target);
        }
    }
}
