package io.github.attention4j.transformer.internal.encoder;

import java.util.List;

/** Models of the BERT family, which differ in the names of their weights and in where positions begin. */
public enum EncoderKind {
    /** The first of them. */
    BERT("bert.", List.of("bert")),
    /** Positions begin behind the number of the padding token. */
    ROBERTA("roberta.", List.of("roberta", "xlm-roberta", "camembert")),
    /** Without types of tokens. */
    DISTILBERT("distilbert.", List.of("distilbert"));

    /** BERT's names of parts and DistilBERT's, each after those that it is a part of. */
    private static final List<String> DISTILBERT_NAMES = List.of(
            "encoder.layer.", "transformer.layer.",
            "attention.self.query", "attention.q_lin",
            "attention.self.key", "attention.k_lin",
            "attention.self.value", "attention.v_lin",
            "attention.output.dense", "attention.out_lin",
            "attention.output.LayerNorm", "sa_layer_norm",
            "intermediate.dense", "ffn.lin1",
            "output.dense", "ffn.lin2",
            "output.LayerNorm", "output_layer_norm");

    private final String prefix;
    private final List<String> types;

    EncoderKind(String prefix, List<String> types) {
        this.prefix = prefix;
        this.types = types;
    }

    /** By what config.json calls it; null if it is none of them. */
    static EncoderKind of(String type) {
        for (EncoderKind kind : values()) {
            if (kind.types.contains(type)) {
                return kind;
            }
        }
        return null;
    }

    /** What the names of weights may begin with, in models with a head. */
    String prefix() {
        return prefix;
    }

    /** What such models call a weight that has this name in BERT. */
    String name(String tensor) {
        if (this != DISTILBERT) {
            return tensor;
        }
        String name = tensor;
        for (int i = 0; i < DISTILBERT_NAMES.size(); i += 2) {
            name = name.replace(DISTILBERT_NAMES.get(i), DISTILBERT_NAMES.get(i + 1));
        }
        return name;
    }
}
