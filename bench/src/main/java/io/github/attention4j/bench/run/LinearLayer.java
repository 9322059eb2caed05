package io.github.attention4j.bench.run;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Half;
import io.github.attention4j.Stream;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LayerPlan;
import io.github.attention4j.layers.LayerTensors;
import io.github.attention4j.layers.LinearSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** A linear layer with tensors on a device, and how far its answers are off. */
public final class LinearLayer implements Contender {
    /** Of 4,096 products of numbers below 1 that are summed in f32. */
    public static final double ALLOWED = 1e-3;

    /** Outputs that are computed again. */
    private static final int SAMPLES = 200;

    private final LinearSpec spec;
    private final DType type;
    private final LayerPlan plan;
    private final Stream stream;
    private final LayerTensors tensors = new LayerTensors();
    private final List<DeviceTensor> owned = new ArrayList<>();
    private final float[] input;
    private final float[] weight;
    private final DeviceTensor out;

    /** Plans it and fills its tensors. */
    public LinearLayer(AttentionEngine engine, LinearSpec spec, DType type) {
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

    /** With what a call costs, since layers have no events. */
    @Override
    public double deviceMillis() {
        long begin = System.nanoTime();
        run();
        return (System.nanoTime() - begin) * 1e-6;
    }

    @Override
    public float[] output() {
        float[] output = new float[spec.rows() * spec.outFeatures()];
        out.download(stream, output);
        return output;
    }

    /** The largest error of some of its outputs, which are computed again in double precision; runs it. */
    public double maxError() {
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
