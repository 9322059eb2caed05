package io.github.attention4j.bench.model;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.transformer.internal.decoder.DecoderFiles;
import io.github.attention4j.transformer.internal.decoder.DeviceDecoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * A text that a decoder went on with on one device, each time with the token that suits best.
 *
 * @param device the engine's id
 * @param choices the new tokens
 * @param promptSeconds reading the prompt, up to the first new token
 * @param seconds all further tokens
 */
public record Generation(String device, List<Choice> choices, double promptSeconds, double seconds) {
    /**
     * Differences of scores between engines that round otherwise stay far below this; a choice with a smaller lead may
     * turn out otherwise.
     */
    static final float CLOSE = 1e-2f;

    /**
     * The token that suits best.
     *
     * @param token its id
     * @param lead by how much its score is above the next best: what is small may go the other way where sums are
     *     rounded otherwise
     */
    public record Choice(int token, float lead) {
        /** Of the scores of all tokens; the first of equals. */
        static Choice of(float[] scores) {
            int best = 0;
            float second = Float.NEGATIVE_INFINITY;
            for (int i = 1; i < scores.length; i++) {
                if (scores[i] > scores[best]) {
                    second = scores[best];
                    best = i;
                } else {
                    second = Math.max(second, scores[i]);
                }
            }
            return new Choice(best, scores[best] - second);
        }
    }

    /** The small model that the bench brings along, its weights in f16. */
    public static DecoderFiles broughtAlong() throws IOException {
        return DecoderFiles.resources("/io/github/attention4j/bench/decoder");
    }

    /**
     * Generates.
     *
     * @param prompt one token at least
     * @param count new tokens; fewer if the model ends its text
     * @param onToken told of each new token as it comes
     * @throws IllegalArgumentException if prompt and new tokens are more than the model has positions
     * @throws IOException if the weights cannot be read
     */
    public static Generation of(
            AttentionEngine engine, DecoderFiles files, int[] prompt, int count, IntConsumer onToken)
            throws IOException {
        requireRoom(files, prompt.length, count);
        List<Choice> choices = new ArrayList<>();
        try (DeviceDecoder decoder =
                new DeviceDecoder(engine, files.config(), files.tensors(), DType.F32, prompt.length + count)) {
            long start = System.nanoTime();
            Choice choice = Choice.of(decoder.read(prompt));
            long prompted = System.nanoTime();
            while (choice.token() != files.tokenizer().end()) {
                choices.add(choice);
                onToken.accept(choice.token());
                if (choices.size() == count) {
                    break;
                }
                choice = Choice.of(decoder.read(new int[] {choice.token()}));
            }
            return new Generation(
                    engine.device().id(),
                    List.copyOf(choices),
                    (prompted - start) * 1e-9,
                    (System.nanoTime() - prompted) * 1e-9);
        }
    }

    /**
     * Checks lengths before anything is computed.
     *
     * @throws IllegalArgumentException if they do not fit the model
     */
    public static void requireRoom(DecoderFiles files, int prompt, int count) {
        int positions = files.config().positions();
        if (prompt < 1 || prompt >= positions) {
            throw new IllegalArgumentException("the prompt must have from 1 to " + (positions - 1) + " tokens, but has "
                    + prompt + "; the model knows texts of " + positions + " tokens");
        }
        if (count < 1 || count > positions - prompt) {
            throw new IllegalArgumentException("--tokens must be from 1 to " + (positions - prompt) + ", but is "
                    + count + ": the prompt has " + prompt + " tokens, and the model knows texts of " + positions
                    + "; ask for fewer, or shorten the prompt");
        }
    }

    /** The new tokens. */
    public int[] tokens() {
        return choices.stream().mapToInt(Choice::token).toArray();
    }

    /** New tokens a second, without the first, which is the prompt's. */
    public double tokensPerSecond() {
        return (choices.size() - 1) / seconds;
    }

    /** How many tokens two texts begin with in common. */
    public int common(Generation other) {
        int mismatch = Arrays.mismatch(tokens(), other.tokens());
        return mismatch < 0 ? choices.size() : mismatch;
    }

    /** Whether two texts are the same, or part at a token where the two best were so close that rounding decides. */
    public boolean agreesWith(Generation other) {
        int common = common(other);
        return common == choices.size() && common == other.choices.size()
                || common < choices.size() && choices.get(common).lead() < CLOSE;
    }
}
