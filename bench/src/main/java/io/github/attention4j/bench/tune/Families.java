package io.github.attention4j.bench.tune;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.plan.Candidates;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The kernel families of OpenCL devices. */
public final class Families {
    private static final int HEADS = 16;
    private static final int KEYS = 1024;
    private static final int HEAD_DIM = 64;

    private Families() {}

    /** All of them, whatever they are: those that do not run in the JVM. */
    public static List<KernelFamily> openCl() {
        return Arrays.stream(KernelFamily.values())
                .filter(family -> family != KernelFamily.JAVA && family != KernelFamily.REFERENCE)
                .toList();
    }

    /**
     * Those that the planner takes by itself on the device: for long sequences, for one query, in 32 and in 16 bits.
     * The others are made for other kinds of devices, where it is enough to see that they are right.
     */
    public static List<KernelFamily> ofPlanner(Device device) {
        Set<KernelFamily> families = new LinkedHashSet<>();
        for (DType type : List.of(DType.F32, DType.F16)) {
            for (int queries : new int[] {KEYS, 1}) {
                try {
                    families.add(chosen(device, type, queries));
                } catch (UnsupportedByDeviceException e) {
                    return openCl(); // an unusual device, on which every family is worth a full look
                }
            }
        }
        return List.copyOf(families);
    }

    /** Its first legal choice; nothing is built, so that a kernel that does not build is one that is looked at. */
    private static KernelFamily chosen(Device device, DType type, int queries) {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(HEADS)
                .queryLength(queries)
                .keyLength(KEYS)
                .headDim(HEAD_DIM)
                .types(type)
                .build();
        return Candidates.chosen(spec, device);
    }
}
