package io.github.attention4j.transformer.internal.decoder;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.KvCache;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.Rotary;
import io.github.attention4j.Stream;
import io.github.attention4j.layers.ActivationSpec;
import io.github.attention4j.layers.EmbeddingSpec;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LayerPlan;
import io.github.attention4j.layers.LayerTensors;
import io.github.attention4j.layers.NormSpec;
import io.github.attention4j.transformer.internal.device.DeviceMemory;
import io.github.attention4j.transformer.internal.device.Integers;
import io.github.attention4j.transformer.internal.device.LinearWeights;
import io.github.attention4j.transformer.internal.device.NormWeights;
import io.github.attention4j.transformer.internal.device.Work;
import java.util.List;
import java.util.stream.IntStream;

/** Plans and tensors for so many tokens at once: from ids to scores of the next token in one stream. */
final class DecoderStep implements AutoCloseable {
    private final AttentionEngine engine;
    private final Stream stream;
    private final DecoderConfig config;
    private final int count;
    private final DeviceMemory memory;
    private final Work work = new Work();
    private final Integers ids;
    private final Integers positions;
    private final DeviceTensor hidden;
    private final DeviceTensor normal;
    private final DeviceTensor query;
    private final DeviceTensor key;
    private final DeviceTensor value;
    private final DeviceTensor attended;
    private final DeviceTensor gateAndUp;
    private final DeviceTensor inner;
    private final DeviceTensor scores;

    /** How rows are turned by their position. */
    record Angles(Rotary rotary, DeviceTensor cosines, DeviceTensor sines) {}

    DecoderStep(
            AttentionEngine engine,
            Stream stream,
            DecoderConfig config,
            DecoderWeights weights,
            List<KvCache> caches,
            Angles angles,
            int count) {
        this.engine = engine;
        this.stream = stream;
        this.config = config;
        this.count = count;
        memory = new DeviceMemory(engine, stream);
        try {
            ids = memory.integers(count);
            positions = memory.integers(count);
            hidden = rows(config.width());
            normal = rows(config.width());
            query = memory.heads(count, config.heads(), 1, config.headDim());
            key = memory.heads(1, count, config.kvHeads(), config.headDim());
            value = memory.heads(1, count, config.kvHeads(), config.headDim());
            attended = memory.heads(count, config.heads(), 1, config.headDim());
            gateAndUp = rows(2 * config.inner());
            inner = rows(config.inner());
            scores = memory.allocate(DType.F32, 1, config.vocabulary());
            embed(weights);
            for (int layer = 0; layer < config.layers(); layer++) {
                attend(weights.layers().get(layer), caches.get(layer), angles);
                feedForward(weights.layers().get(layer));
            }
            score(weights);
        } catch (Throwable e) {
            memory.close();
            throw e;
        }
    }

    private DeviceTensor rows(int columns) {
        return memory.allocate(DType.F32, count, columns);
    }

    private void embed(DecoderWeights weights) {
        EmbeddingSpec spec = EmbeddingSpec.of(count, config.width(), config.vocabulary())
                .withTypes(weights.words().dtype(), DType.F32);
        work.add(
                engine.plan(spec),
                new LayerTensors()
                        .with(LayerOperand.IDS, ids.tensor())
                        .with(LayerOperand.WEIGHT, weights.words())
                        .with(LayerOperand.OUT, hidden));
    }

    private void norm(NormWeights weights) {
        LayerPlan plan = engine.plan(NormSpec.rmsNorm(count, config.width(), config.epsilon()));
        work.add(plan, weights.tensors(hidden, normal));
    }

    private void linear(LinearWeights weights, DeviceTensor input, DeviceTensor output) {
        work.add(engine.plan(weights.spec(count).build()), weights.tensors(input, output));
    }

    /** Adds what the layer gives to the hidden rows. */
    private void addToHidden(LinearWeights weights, DeviceTensor input) {
        work.add(
                engine.plan(weights.spec(count).residual().build()),
                weights.tensors(input, hidden).with(LayerOperand.RESIDUAL, hidden));
    }

    private void attend(DecoderWeights.Layer layer, KvCache cache, Angles angles) {
        norm(layer.attentionNorm());
        linear(layer.query(), normal, query);
        linear(layer.key(), normal, key);
        linear(layer.value(), normal, value);
        Layout rowsFirst = Layout.rowsFirst(config.heads(), count, config.headDim());
        AttentionSpec spec = cache.applyTo(AttentionSpec.builder()
                        .heads(config.heads())
                        .queryLength(count)
                        .causal())
                .layout(Operand.QUERY, rowsFirst)
                .layout(Operand.OUT, rowsFirst)
                .build();
        AttentionPlan plan = engine.plan(spec);
        AttentionTensors tensors =
                new AttentionTensors().with(Operand.QUERY, query).with(Operand.OUT, attended);
        work.add(
                stream -> {
                    engine.rotate(
                            stream, angles.rotary, query, angles.cosines, angles.sines, positions.tensor(), query);
                    cache.append(stream, 0, key, value);
                    plan.enqueue(stream, cache.addTo(tensors));
                },
                plan.explain());
        addToHidden(layer.output(), attended);
    }

    private void feedForward(DecoderWeights.Layer layer) {
        norm(layer.innerNorm());
        linear(layer.gateAndUp(), normal, gateAndUp);
        work.add(
                engine.plan(ActivationSpec.gated(config.activation(), count, config.inner())),
                new LayerTensors().with(LayerOperand.INPUT, gateAndUp).with(LayerOperand.OUT, inner));
        addToHidden(layer.down(), inner);
    }

    /** Only behind the last token. */
    private void score(DecoderWeights weights) {
        norm(weights.norm());
        long last = (count - 1L) * config.width();
        work.add(
                engine.plan(
                        weights.scores().spec(1).start(LayerOperand.INPUT, last).build()),
                weights.scores().tensors(normal, scores));
    }

    /** Reads tokens, of which the first is the text's token {@code first}. */
    void run(int[] tokens, int first) {
        ids.set(stream, tokens);
        positions.set(stream, IntStream.range(first, first + count).toArray());
        work.enqueue(stream);
    }

    /** How much each token suits as the next. */
    float[] scores() {
        float[] all = new float[config.vocabulary()];
        scores.download(stream, all);
        return all;
    }

    String explain() {
        return work.explain();
    }

    @Override
    public void close() {
        memory.close();
    }
}
