package io.github.attention4j.spark;

import io.github.attention4j.transformer.TextEncoder;
import java.io.Serializable;

/** How an executor opens its encoder: from files that are there, or from jars that came with the application. */
@FunctionalInterface
public interface EncoderOpening extends Serializable {
    /** Opens one, which stays open until the executor ends. */
    TextEncoder open();
}
