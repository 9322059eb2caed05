package io.github.attention4j.internal.java.tiled;

/**
 * Micro-kernels in plain Java, written so that the JIT compiler can turn their loops over lanes into vectors by itself.
 */
final class PlainKernels extends MicroKernels {
    /** Long rows: each loop over lanes has a scalar beginning and end of up to a vector each. */
    private static final int LANES = 128;

    private static final int TILE_KV = 64;

    private final String reason;

    /** @param reason why these are used and what to do about it, appended to the description */
    PlainKernels(String reason) {
        this.reason = reason;
    }

    @Override
    public int lanes(int queryLength) {
        return Math.min(LANES, queryLength);
    }

    @Override
    public int tileQ(int queryLength) {
        return lanes(queryLength);
    }

    @Override
    public int tileKv() {
        return TILE_KV;
    }

    @Override
    public Panel[] newPanels(int count, int lanes, int headDim, int valueDim) {
        float[][] scores = new float[TILE_KV][lanes];
        Panel[] panels = new Panel[count];
        for (int i = 0; i < count; i++) {
            panels[i] = new PlainPanel(lanes, headDim, valueDim, scores);
        }
        return panels;
    }

    @Override
    public int vectorWidth() {
        return 1;
    }

    @Override
    public String name() {
        return "plain loops";
    }

    @Override
    public String describe() {
        return "plain Java loops" + reason;
    }
}
