package io.github.attention4j.bench.tune;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.bench.run.Shapes;
import io.github.attention4j.internal.plan.Candidates;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The kernel families of OpenCL devices. */
public final class Families {
    private static final AttentionSpec LONG = Shapes.parse("1x16x1024x1024x64");
    private static final AttentionSpec ONE_QUERY = Shapes.parse("1x16x1x1024x64");

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
            for (AttentionSpec spec : List.of(LONG, ONE_QUERY)) {
                try {
                    families.add(chosen(device, type, spec));
                } catch (UnsupportedByDeviceException e) {
                    return openCl(); // an unusual device, on which every family is worth a full look
                }
            }
        }
        return List.copyOf(families);
    }

    /** The one that the planner takes by itself for long sequences of a type. */
    static KernelFamily ofPlanner(Device device, DType type) {
        return chosen(device, type, LONG);
    }

    /** Its first legal choice; nothing is built, so that a kernel that does not build is one that is looked at. */
    private static KernelFamily chosen(Device device, DType type, AttentionSpec spec) {
        return Candidates.chosen(spec.toBuilder().types(type).build(), device);
    }
}
