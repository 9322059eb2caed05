package io.github.attention4j.transformer;

import java.util.Map;

/**
 * A small model of the BERT family in plain loops and double precision, straight from its definition: what others are
 * compared with.
 *
 * @param weights by BERT's names
 * @param heads of each layer's attention
 * @param epsilon of the norms
 * @param firstPosition the row of a text's first token
 * @param hasTypes whether tokens have a type
 */
record PlainEncoder(Map<String, float[]> weights, int heads, double epsilon, int firstPosition, boolean hasTypes) {
    private static final int WIDTH = SmallModel.WIDTH;

    /** The mean of the last rows, scaled to length 1. */
    double[] embed(int[] ids) {
        double[][] x = new double[ids.length][WIDTH];
        for (int row = 0; row < ids.length; row++) {
            for (int i = 0; i < WIDTH; i++) {
                x[row][i] = weight("embeddings.word_embeddings.weight")[ids[row] * WIDTH + i]
                        + weight("embeddings.position_embeddings.weight")[(firstPosition + row) * WIDTH + i]
                        + (hasTypes ? weight("embeddings.token_type_embeddings.weight")[i] : 0);
            }
            norm(x[row], "embeddings.LayerNorm");
        }
        for (int layer = 0; layer < SmallModel.LAYERS; layer++) {
            x = layer(x, "encoder.layer." + layer + ".");
        }
        double[] mean = new double[WIDTH];
        double square = 0;
        for (int i = 0; i < WIDTH; i++) {
            for (double[] row : x) {
                mean[i] += row[i] / ids.length;
            }
            square += mean[i] * mean[i];
        }
        for (int i = 0; i < WIDTH; i++) {
            mean[i] /= Math.sqrt(square);
        }
        return mean;
    }

    private float[] weight(String name) {
        return weights.get(name);
    }

    private double[][] layer(double[][] x, String prefix) {
        double[][] attended = attention(
                linear(x, prefix + "attention.self.query"),
                linear(x, prefix + "attention.self.key"),
                linear(x, prefix + "attention.self.value"));
        double[][] middle = linear(attended, prefix + "attention.output.dense");
        addAndNorm(middle, x, prefix + "attention.output.LayerNorm");
        double[][] inner = linear(middle, prefix + "intermediate.dense");
        for (double[] row : inner) {
            for (int i = 0; i < row.length; i++) {
                row[i] *= (1 + erf(row[i] / Math.sqrt(2))) / 2;
            }
        }
        double[][] y = linear(inner, prefix + "output.dense");
        addAndNorm(y, middle, prefix + "output.LayerNorm");
        return y;
    }

    private double[][] attention(double[][] query, double[][] key, double[][] value) {
        int columns = WIDTH / heads;
        double[][] out = new double[query.length][WIDTH];
        for (int head = 0; head < heads; head++) {
            int from = head * columns;
            for (int row = 0; row < query.length; row++) {
                double sum = 0;
                for (int other = 0; other < key.length; other++) {
                    double score = 0;
                    for (int i = from; i < from + columns; i++) {
                        score += query[row][i] * key[other][i];
                    }
                    double weight = Math.exp(score / Math.sqrt(columns));
                    sum += weight;
                    for (int i = from; i < from + columns; i++) {
                        out[row][i] += weight * value[other][i];
                    }
                }
                for (int i = from; i < from + columns; i++) {
                    out[row][i] /= sum;
                }
            }
        }
        return out;
    }

    private double[][] linear(double[][] x, String name) {
        float[] weight = weight(name + ".weight");
        float[] bias = weight(name + ".bias");
        double[][] y = new double[x.length][bias.length];
        for (int row = 0; row < x.length; row++) {
            int in = x[row].length;
            for (int o = 0; o < bias.length; o++) {
                y[row][o] = bias[o];
                for (int i = 0; i < in; i++) {
                    y[row][o] += weight[o * in + i] * x[row][i];
                }
            }
        }
        return y;
    }

    private void addAndNorm(double[][] rows, double[][] residual, String name) {
        for (int row = 0; row < rows.length; row++) {
            for (int i = 0; i < WIDTH; i++) {
                rows[row][i] += residual[row][i];
            }
            norm(rows[row], name);
        }
    }

    private void norm(double[] row, String name) {
        double mean = 0;
        double square = 0;
        for (double each : row) {
            mean += each / row.length;
        }
        for (double each : row) {
            square += (each - mean) * (each - mean) / row.length;
        }
        for (int i = 0; i < row.length; i++) {
            row[i] = (row[i] - mean) / Math.sqrt(square + epsilon) * weight(name + ".weight")[i]
                    + weight(name + ".bias")[i];
        }
    }

    /** By its series. */
    private static double erf(double x) {
        if (Math.abs(x) > 5) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; n < 120; n++) {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return 2 / Math.sqrt(Math.PI) * sum;
    }
}
