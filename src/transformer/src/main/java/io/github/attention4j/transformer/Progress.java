package io.github.attention4j.transformer;

/** Is told how far a long list of texts has come. */
@FunctionalInterface
public interface Progress {
    /** Says nothing. */
    Progress NONE = (texts, tokens) -> {};

    /**
     * After each batch, in the caller's thread.
     *
     * @param texts how many texts are done
     * @param tokens how many tokens they had
     */
    void at(long texts, long tokens);
}
