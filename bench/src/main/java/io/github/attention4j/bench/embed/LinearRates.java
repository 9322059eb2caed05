package io.github.attention4j.bench.embed;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Half;
import io.github.attention4j.Stream;
import io.github.attention4j.bench.run.Contender;
import io.github.attention4j.bench.run.Interleaved;
import io.github.attention4j.bench.run.Interleaved.Pace;
import io.github.attention4j.bench.run.Interleaved.Timing;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LayerPlan;
import io.github.attention4j.layers.LayerTensors;
import io.github.attention4j.layers.LinearSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** How fast linear layers are on one engine, each checked first. */
public final class LinearRates {
    /** Features in and out. */
    private static final int[][] FEATURES = {{384, 1536}, {768, 3072}, {4096, 4096}};

    private static final int[] ROWS = {2048, 128};
    /** Outputs that are computed again. */
    private static final int SAMPLES = 200;
    /** Of 4,096 products of numbers below 1 that are summed in f32. */
    private static final double ALLOWED = 1e-3;

    private static final double SHARE_MILLIS = 3000;

    private LinearRates() {}

    /** How many layers {@link #measure} measures. */
    public static int count(List<DType> types, boolean quick) {
        return types.size() * ROWS.length * (quick ? 1 : FEATURES.length);
    }

    /** Measures one after the other. */
    public static List<LinearRow> measure(
            AttentionEngine engine, List<DType> types, double peak, int rounds, boolean quick, Runnable step) {
        List<LinearRow> rows = new ArrayList<>();
        for (DType type : types) {
            for (int[] features : quick ? new int[][] {FEATURES[0]} : FEATURES) {
                for (int count : ROWS) {
                    LinearSpec spec = LinearSpec.builder()
                            .rows(count)
                            .inFeatures(features[0])
                            .outFeatures(features[1])
                            .types(type, type, DType.F32)
                            .build();
                    try (Layer layer = new Layer(engine, spec, type)) {
                        double error = layer.maxError();
                        Pace pace = new Pace(rounds).withShare(SHARE_MILLIS);
                        Timing timing = Interleaved.measure(List.of(layer), pace, () -> {})
                                .get(0);
                        rows.add(new LinearRow(
                                engine.device().id(),
                                type.name().toLowerCase(Locale.ROOT),
                                spec,
                                layer.family(),
                                timing.median(),
                                peak,
                                error,
                                ALLOWED));
                    }
                    step.run();
                }
            }
        }
        return rows;
    }

    /** A layer with its tensors. */
    private static final class Layer implements Contender {
        private final LinearSpec spec;
        private final DType type;
        private final LayerPlan plan;
        private final Stream stream;
        private final LayerTensors tensors = new LayerTensors();
        private final List<DeviceTensor> owned = new ArrayList<>();
        private final float[] input;
        private final float[] weight;
        private final DeviceTensor out;

        Layer(AttentionEngine engine, LinearSpec spec, DType type) {
            this.spec = spec;
            this.type = type;
            plan = engine.plan(spec);
            stream = engine.newStream();
            Random random = new Random(spec.hashCode());
            input = numbers(random, spec.rows() * spec.inFeatures());
            weight = numbers(random, spec.outFeatures() * spec.inFeatures());
            upload(engine, LayerOperand.INPUT, input);
            upload(engine, LayerOperand.WEIGHT, weight);
            out = engine.allocate(spec.operand(LayerOperand.OUT));
            owned.add(out);
            tensors.with(LayerOperand.OUT, out);
        }

        private float[] numbers(Random random, int count) {
            float[] numbers = new float[count];
            for (int i = 0; i < count; i++) {
                numbers[i] = random.nextFloat() - 0.5f;
            }
            return type == DType.F32 ? numbers : Half.decode(type, Half.encode(type, numbers));
        }

        private void upload(AttentionEngine engine, LayerOperand operand, float[] numbers) {
            DeviceTensor tensor = engine.allocate(spec.operand(operand));
            owned.add(tensor);
            if (type == DType.F32) {
                tensor.upload(stream, numbers);
            } else {
                tensor.upload(stream, Half.encode(type, numbers));
            }
            tensors.with(operand, tensor);
        }

        @Override
        public String family() {
            return plan.family().name().toLowerCase(Locale.ROOT);
        }

        @Override
        public void run() {
            plan.enqueue(stream, tensors);
            stream.finish();
        }

        @Override
        public float[] output() {
            float[] output = new float[spec.rows() * spec.outFeatures()];
            out.download(stream, output);
            return output;
        }

        double maxError() {
            run();
            float[] output = output();
            Random random = new Random(1);
            double largest = 0;
            for (int i = 0; i < SAMPLES; i++) {
                int row = random.nextInt(spec.rows());
                int feature = random.nextInt(spec.outFeatures());
                double sum = 0;
                for (int k = 0; k < spec.inFeatures(); k++) {
                    sum += (double) input[row * spec.inFeatures() + k] * weight[feature * spec.inFeatures() + k];
                }
                double error = Math.abs(output[row * spec.outFeatures() + feature] - sum);
                largest = Double.isNaN(error) ? Double.POSITIVE_INFINITY : Math.max(largest, error);
            }
            return largest;
        }

        @Override
        public void close() {
            owned.forEach(DeviceTensor::close);
            stream.close();
        }
    }
}
