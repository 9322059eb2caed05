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
    public int keyLanes(int keyLength) {
        return Math.min(LANES, keyLength);
    }

    @Override
    public int keyPanels() {
        return 1;
    }

    @Override
    public int queryRows() {
        return TILE_KV;
    }

    @Override
    public GradientPanel[] newGradientPanels(int count, int lanes, int headDim, int valueDim) {
        PlainGradientPanel.Tiles tiles = new PlainGradientPanel.Tiles(queryRows(), lanes, headDim);
        GradientPanel[] panels = new GradientPanel[count];
        for (int i = 0; i < count; i++) {
            panels[i] = new PlainGradientPanel(lanes, headDim, valueDim, tiles);
        }
        return panels;
    }

    @Override
    public int productLanes(int rows) {
        return Math.min(LANES, rows);
    }

    @Override
    public int productPanels() {
        return 1;
    }

    @Override
    public ProductPanel[] newProductPanels(int count, int lanes, int depth, int columns) {
        ProductPanel[] panels = new ProductPanel[count];
        for (int i = 0; i < count; i++) {
            panels[i] = new PlainProductPanel(lanes, depth, columns);
        }
        return panels;
    }

    @Override
    public void dots(
            float[] left, int leftAt, float[] right, int at, int stride, int rows, int depth, float[] target, int to) {
        for (int row = 0; row < rows; row++) {
            target[to + row] = dot(left, leftAt, right, at + row * stride, depth);
        }
    }

    /** Four sums, as one would wait for itself. */
    private static float dot(float[] left, int leftAt, float[] right, int at, int depth) {
        float sum0 = 0;
        float sum1 = 0;
        float sum2 = 0;
        float sum3 = 0;
        int d = 0;
        for (; d + 3 < depth; d += 4) {
            sum0 += left[leftAt + d] * right[at + d];
            sum1 += left[leftAt + d + 1] * right[at + d + 1];
            sum2 += left[leftAt + d + 2] * right[at + d + 2];
            sum3 += left[leftAt + d + 3] * right[at + d + 3];
        }
        for (; d < depth; d++) {
            sum0 += left[leftAt + d] * right[at + d];
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }

    @Override
    public void addRows(float[] weights, float[] value, int at, int stride, int keys, float[] out) {
        int j = 0;
        for (; j + 4 <= keys; j += 4) {
            addFour(weights, j, value, at + j * stride, stride, out);
        }
        for (; j < keys; j++) {
            float weight = weights[j];
            int from = at + j * stride;
            for (int d = 0; d < out.length; d++) {
                out[d] += weight * value[from + d];
            }
        }
    }

    private static void addFour(float[] weights, int j, float[] value, int at0, int stride, float[] out) {
        float weight0 = weights[j];
        float weight1 = weights[j + 1];
        float weight2 = weights[j + 2];
        float weight3 = weights[j + 3];
        int at1 = at0 + stride;
        int at2 = at1 + stride;
        int at3 = at2 + stride;
        for (int d = 0; d < out.length; d++) {
            out[d] = out[d]
                    + weight0 * value[at0 + d]
                    + weight1 * value[at1 + d]
                    + weight2 * value[at2 + d]
                    + weight3 * value[at3 + d];
        }
    }

    @Override
    public boolean finite(float[] value, int at, int count) {
        float zero0 = 0; // times 0, everything but NaN and infinity is 0
        float zero1 = 0; // two sums, as one would wait for itself
        for (int i = 0; i + 1 < count; i += 2) {
            zero0 += value[at + i] * 0;
            zero1 += value[at + i + 1] * 0;
        }
        return zero0 + zero1 + value[at + count - 1] * 0 == 0;
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
