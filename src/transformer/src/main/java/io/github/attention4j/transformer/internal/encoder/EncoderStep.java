package io.github.attention4j.transformer.internal.encoder;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.Layout;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.layers.EmbeddingSpec;
import io.github.attention4j.layers.LayerOperand;
import io.github.attention4j.layers.LayerPlan;
import io.github.attention4j.layers.LayerTensors;
import io.github.attention4j.layers.NormSpec;
import io.github.attention4j.layers.PoolingSpec;
import io.github.attention4j.transformer.Pooling;
import io.github.attention4j.transformer.internal.device.DeviceMemory;
import io.github.attention4j.transformer.internal.device.LinearWeights;
import io.github.attention4j.transformer.internal.device.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Plans and tensors for batches of one size: from ids to vectors in one stream. Rows of a batch that are left over are
 * computed like any others, and nobody looks at them.
 */
final class EncoderStep implements AutoCloseable {
    private final AttentionEngine engine;
    private final Stream stream;
    private final BertConfig config;
    private final BatchSize size;
    private final DeviceMemory memory;
    private final Work work = new Work();
    /** Which calls of the work are attention, by layers. */
    private final List<Integer> attentions = new ArrayList<>();

    private final RowTensors rows;
    private final DeviceTensor offsets;
    private final DeviceTensor vectors;

    EncoderStep(AttentionEngine engine, Stream stream, EncoderModel model, RowTensors rows, BatchSize size) {
        this.engine = engine;
        this.stream = stream;
        this.rows = rows;
        this.size = size;
        config = model.config();
        memory = new DeviceMemory(engine, stream);
        try {
            offsets = memory.integers(size.entries() + 1);
            vectors = memory.allocate(DType.F32, size.entries(), config.width());
            embed(model.weights());
            model.weights().layers().forEach(this::layer);
            pool(model.pooling(), model.normalized());
        } catch (Throwable e) {
            memory.close();
            throw e;
        }
    }

    private void embed(EncoderWeights weights) {
        DType type = weights.words().dtype();
        EmbeddingSpec spec = EmbeddingSpec.of(size.rows(), config.width(), config.vocabulary())
                .withPositions(config.positions())
                .withTypes(type, DType.F32);
        LayerTensors tensors = new LayerTensors()
                .with(LayerOperand.IDS, rows.ids)
                .with(LayerOperand.WEIGHT, weights.words())
                .with(LayerOperand.POSITION_IDS, rows.positions)
                .with(LayerOperand.POSITION_WEIGHT, weights.positions())
                .with(LayerOperand.OUT, rows.middle);
        if (weights.type() == null) {
            work.add(engine.plan(spec), tensors);
        } else {
            work.add(engine.plan(spec.withBias()), tensors.with(LayerOperand.BIAS, weights.type()));
        }
        work.add(norm(), weights.norm().tensors(rows.middle, rows.hidden));
    }

    private LayerPlan norm() {
        return engine.plan(NormSpec.layerNorm(size.rows(), config.width(), config.epsilon()));
    }

    private void layer(EncoderWeights.Layer layer) {
        add(layer.packed(), rows.hidden, rows.packed);
        attentions.add(work.size());
        work.add(
                engine.plan(attention()),
                AttentionTensors.of(rows.packed, rows.packed, rows.packed, rows.middle)
                        .with(Operand.QUERY_OFFSETS, offsets)
                        .with(Operand.KEY_OFFSETS, offsets));
        addTo(layer.attentionOutput(), rows.middle, rows.hidden);
        work.add(norm(), layer.attentionNorm().tensors(rows.hidden, rows.middle));
        work.add(
                engine.plan(layer.intermediate()
                        .spec(size.rows())
                        .activation(config.activation())
                        .build()),
                layer.intermediate().tensors(rows.middle, rows.inner));
        addTo(layer.output(), rows.inner, rows.middle);
        work.add(norm(), layer.outputNorm().tensors(rows.middle, rows.hidden));
    }

    private void add(LinearWeights linear, DeviceTensor input, DeviceTensor output) {
        work.add(engine.plan(linear.spec(size.rows()).build()), linear.tensors(input, output));
    }

    /** Adds what the layer gives to rows that are there. */
    private void addTo(LinearWeights linear, DeviceTensor input, DeviceTensor sum) {
        work.add(
                engine.plan(linear.spec(size.rows()).residual().build()),
                linear.tensors(input, sum).with(LayerOperand.RESIDUAL, sum));
    }

    private AttentionSpec attention() {
        return AttentionSpec.builder()
                .batch(size.entries())
                .heads(config.heads())
                .sequenceLength(size.longest())
                .headDim(config.headDim())
                .raggedQueries(size.rows())
                .raggedKeys(size.rows())
                .order(Layout.Order.PACKED_QKV)
                .build();
    }

    private void pool(Pooling pooling, boolean normalized) {
        PoolingSpec spec = pooling == Pooling.MEAN
                ? PoolingSpec.mean(size.entries(), size.rows(), config.width())
                : PoolingSpec.first(size.entries(), size.rows(), config.width());
        work.add(
                engine.plan(normalized ? spec.withNormalization() : spec),
                new LayerTensors()
                        .with(LayerOperand.INPUT, rows.hidden)
                        .with(LayerOperand.OFFSETS, offsets)
                        .with(LayerOperand.OUT, vectors));
    }

    /** The vectors of texts, which have this size or a smaller one; the observer may be null. */
    float[][] run(int[][] texts, AttentionObserver observer) {
        int[] allIds = new int[size.rows()];
        int[] allPositions = new int[size.rows()];
        int[] allOffsets = new int[size.entries() + 1];
        int row = 0;
        for (int text = 0; text < texts.length; text++) {
            for (int i = 0; i < texts[text].length; i++) {
                allIds[row] = texts[text][i];
                allPositions[row++] = config.firstPosition() + i;
            }
            allOffsets[text + 1] = row;
        }
        Arrays.fill(allOffsets, texts.length + 1, allOffsets.length, row);
        rows.ids.upload(stream, allIds);
        rows.positions.upload(stream, allPositions);
        offsets.upload(stream, allOffsets);
        if (observer == null) {
            work.enqueue(stream);
        } else {
            enqueue(row, observer);
        }
        int width = config.width();
        float[] all = new float[size.entries() * width];
        vectors.download(stream, all);
        float[][] each = new float[texts.length][];
        Arrays.setAll(each, text -> Arrays.copyOfRange(all, text * width, (text + 1) * width));
        return each;
    }

    private void enqueue(int tokens, AttentionObserver observer) {
        int done = 0;
        for (int layer = 0; layer < attentions.size(); layer++) {
            int next = attentions.get(layer);
            work.enqueue(stream, done, next);
            stream.finish();
            long start = System.nanoTime();
            work.enqueue(stream, next, next + 1);
            stream.finish();
            long nanos = System.nanoTime() - start;
            observer.attended(layer, downloaded(rows.packed, tokens), downloaded(rows.middle, tokens), nanos);
            done = next + 1;
        }
        work.enqueue(stream, done, work.size());
    }

    private float[] downloaded(DeviceTensor tensor, int count) {
        float[] all = new float[Math.toIntExact(tensor.elements())];
        tensor.download(stream, all);
        return Arrays.copyOf(all, all.length / size.rows() * count);
    }

    String explain() {
        return work.explain();
    }

    @Override
    public void close() {
        memory.close();
    }
}
