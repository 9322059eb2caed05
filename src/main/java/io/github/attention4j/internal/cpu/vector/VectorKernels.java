package io.github.attention4j.internal.cpu.vector;

import io.github.attention4j.internal.cpu.MicroKernels;
import io.github.attention4j.internal.cpu.Panel;
import jdk.incubator.vector.FloatVector;

/** Micro-kernels on the Vector API, for whatever vector length the processor prefers. Loaded by name, see {@link MicroKernels#best()}. */
public final class VectorKernels extends MicroKernels {
    private static final int BITS = FloatVector.SPECIES_PREFERRED.vectorBitSize();

    /** Panels of a tile: enough that keys and values come from the second-level cache rarely, few enough that short calls split up. */
    private static final int PANELS = 6;

    private static final int TILE_KV = 96;

    @Override
    public int lanes(int queryLength) {
        return VectorPanel.LANES;
    }

    @Override
    public int tileQ(int queryLength) {
        return PANELS * VectorPanel.LANES;
    }

    @Override
    public int tileKv() {
        return TILE_KV;
    }

    @Override
    public Panel[] newPanels(int count, int lanes, int headDim, int valueDim) {
        float[] scores = new float[TILE_KV * VectorPanel.LANES];
        Panel[] panels = new Panel[count];
        for (int i = 0; i < count; i++) {
            panels[i] = new VectorPanel(headDim, valueDim, scores);
        }
        return panels;
    }

    @Override
    public int vectorWidth() {
        return FloatVector.SPECIES_PREFERRED.length();
    }

    @Override
    public String name() {
        return BITS + "-bit vectors";
    }

    @Override
    public String describe() {
        return "Vector API, " + name();
    }
}
