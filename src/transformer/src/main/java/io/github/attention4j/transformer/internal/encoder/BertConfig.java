package io.github.attention4j.transformer.internal.encoder;

import io.github.attention4j.layers.Activation;
import io.github.attention4j.transformer.internal.files.JsonFile;
import io.github.attention4j.transformer.internal.files.OnnxFile;
import java.io.IOException;

/**
 * The sizes of a model of the BERT family.
 *
 * @param kind which it is
 * @param width elements of a hidden row
 * @param inner elements between the two halves of the feed-forward part
 * @param layers how many there are
 * @param heads of each layer's attention
 * @param vocabulary how many tokens there are
 * @param positions rows of the table of positions
 * @param firstPosition the row of a text's first token
 * @param types rows of the table of token types, of which only the first is used; 0 if there is none
 * @param epsilon added to the variance in the norms
 * @param activation between the two halves, a function of each element
 */
public record BertConfig(
        EncoderKind kind,
        int width,
        int inner,
        int layers,
        int heads,
        int vocabulary,
        int positions,
        int firstPosition,
        int types,
        double epsilon,
        Activation activation) {
    private static final int WIDEST = 1 << 16;
    private static final int DEEPEST = 1 << 10;
    private static final int MOST_TOKENS = 1 << 24;

    /** How many tokens a text may have. */
    public int tokens() {
        return positions - firstPosition;
    }

    /** Elements of a head's row. */
    public int headDim() {
        return width / heads;
    }

    /**
     * From a config.json.
     *
     * @throws IOException if it is of another kind of model, or a size makes no sense
     */
    static BertConfig of(JsonFile file) throws IOException {
        EncoderKind kind = EncoderKind.of(file.text("model_type", "bert"));
        if (kind == null) {
            throw file.wrong("model_type", "\"bert\", \"roberta\" or \"distilbert\" (or a model exported under one)");
        }
        if (!file.text("position_embedding_type", "absolute").equals("absolute")) {
            throw file.wrong("position_embedding_type", "\"absolute\"");
        }
        BertConfig config = kind == EncoderKind.DISTILBERT ? distilBert(file) : bert(kind, file);
        if (config.width % config.heads != 0) {
            throw kind == EncoderKind.DISTILBERT
                    ? file.wrong("n_heads", "a divisor of dim=" + config.width)
                    : file.wrong("num_attention_heads", "a divisor of hidden_size=" + config.width);
        }
        if (config.tokens() < 2) {
            throw file.wrong("max_position_embeddings", "more than " + (config.firstPosition + 1));
        }
        return config;
    }

    private static BertConfig bert(EncoderKind kind, JsonFile file) throws IOException {
        return new BertConfig(
                kind,
                file.integer("hidden_size", 1, WIDEST),
                file.integer("intermediate_size", 1, WIDEST),
                file.integer("num_hidden_layers", 1, DEEPEST),
                file.integer("num_attention_heads", 1, DEEPEST),
                file.integer("vocab_size", 1, MOST_TOKENS),
                file.integer("max_position_embeddings", 1, MOST_TOKENS),
                kind == EncoderKind.ROBERTA ? file.integer("pad_token_id", 0, MOST_TOKENS, 1) + 1 : 0,
                file.integer("type_vocab_size", 1, WIDEST, 2),
                file.positive("layer_norm_eps", 1e-12),
                activation(file, "hidden_act"));
    }

    private static BertConfig distilBert(JsonFile file) throws IOException {
        return new BertConfig(
                EncoderKind.DISTILBERT,
                file.integer("dim", 1, WIDEST),
                file.integer("hidden_dim", 1, WIDEST),
                file.integer("n_layers", 1, DEEPEST),
                file.integer("n_heads", 1, DEEPEST),
                file.integer("vocab_size", 1, MOST_TOKENS),
                file.integer("max_position_embeddings", 1, MOST_TOKENS),
                0,
                0,
                1e-12,
                activation(file, "activation"));
    }

    /** From the shapes of the weights, which is all that an ONNX file has. */
    static BertConfig of(OnnxFile file) throws IOException {
        int width = file.elements("embeddings.LayerNorm.weight");
        int layers = 0;
        while (file.has("encoder.layer." + layers + ".output.dense.bias")) {
            layers++;
        }
        if (width == 0 || layers == 0) {
            throw new IOException("the ONNX file must hold weights named as BERT's in PyTorch, but has no"
                    + " embeddings.LayerNorm.weight or encoder.layer.0.output.dense.bias; give a Hugging Face folder");
        }
        long heads = file.constant("/encoder/layer.0/attention/self/Constant_2");
        if (heads < 1 || heads > width || width % heads != 0) {
            throw new IOException(
                    "the number of heads in the ONNX file must divide the width " + width + ", but is " + heads);
        }
        return new BertConfig(
                EncoderKind.BERT,
                width,
                file.elements("encoder.layer.0.intermediate.dense.bias"),
                layers,
                (int) heads,
                file.elements("embeddings.word_embeddings.weight") / width,
                file.elements("embeddings.position_embeddings.weight") / width,
                0,
                file.elements("embeddings.token_type_embeddings.weight") / width,
                1e-12,
                Activation.GELU);
    }

    private static Activation activation(JsonFile file, String field) throws IOException {
        return switch (file.text(field, "gelu")) {
            case "gelu" -> Activation.GELU;
            case "gelu_new", "gelu_pytorch_tanh", "gelu_python_tanh" -> Activation.GELU_TANH;
            case "relu" -> Activation.RELU;
            case "silu", "swish" -> Activation.SILU;
            default -> throw file.wrong(field, "gelu, gelu_new, relu or silu");
        };
    }
}
