package io.github.attention4j.internal.plan;

import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.plan.decode.DecodeFamily;
import io.github.attention4j.internal.plan.family.Family;
import io.github.attention4j.internal.plan.family.TileConfig;
import io.github.attention4j.internal.plan.lanes.LanesFamily;
import io.github.attention4j.internal.plan.matrix.MatrixFamily;
import io.github.attention4j.internal.plan.tiles.TilesFamily;
import java.util.List;

/** The kernel families there are. */
public final class Families {
    /** In the order in which they are tried. */
    public static final List<Family> ALL =
            List.of(new DecodeFamily(), new LanesFamily(), new MatrixFamily(), new TilesFamily());

    private Families() {}

    /**
     * The family of a name.
     *
     * @throws IllegalArgumentException if it is not one of kernels
     */
    public static Family of(KernelFamily name) {
        for (Family family : ALL) {
            if (family.name() == name) {
                return family;
            }
        }
        throw new IllegalArgumentException(name + " has no tiles to configure");
    }

    /**
     * Reads what {@link TileConfig#text()} wrote.
     *
     * @throws IllegalArgumentException if a number is missing, unknown or not a number
     */
    public static TileConfig parse(KernelFamily name, String text) {
        return of(name).config(TileConfig.macros(text));
    }
}
