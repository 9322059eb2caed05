package io.github.attention4j.bench.peers;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionSpecBuilder;
import io.github.attention4j.bench.run.Case;
import java.util.List;

/** The lines that the bench and the process of a contender exchange. */
final class Wire {
    /** What a process's answers begin with; whatever else it prints is its libraries' talk. */
    static final String MARK = "@peer ";

    static final String READY = "ready"; // version
    static final String PREPARED = "prepared"; // milliseconds of a call, bytes added, what runs
    static final String RAN = "ran"; // nanoseconds, nanoseconds of processor time
    static final String NOT_OFFERED = "not-offered"; // why
    static final String FAILED = "failed"; // why
    static final String PREPARE = "prepare"; // milliseconds of warming up, shape, file for the output
    static final String RUN = "run"; // calls
    static final String QUIT = "quit";

    private static final int SHAPE_WORDS = 8;

    private Wire() {}

    /** An answer: its first word, and the rest. */
    record Answer(String what, String rest) {
        /** Whether the line is an answer at all. */
        static boolean is(String line) {
            return line.startsWith(MARK);
        }

        static Answer of(String line) {
            String text = line.substring(MARK.length());
            int space = text.indexOf(' ');
            return space < 0 ? new Answer(text, "") : new Answer(text.substring(0, space), text.substring(space + 1));
        }

        /** The word at this index of the rest, as a number. */
        double number(int index) {
            String[] words = rest.split(" ");
            try {
                return Double.parseDouble(words[index]);
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw new IllegalStateException(
                        "word " + index + " of the answer \"" + what + " " + rest + "\" should be a number", e);
            }
        }

        /** The words from this index on. */
        String after(int words) {
            return rest.split(" ", words + 1)[words];
        }
    }

    static String shape(AttentionSpec spec) {
        return spec.batch() + " " + spec.heads() + " " + spec.kvHeads() + " " + spec.queryLength() + " "
                + spec.keyLength() + " " + spec.headDim() + " " + spec.valueDim() + " " + Case.isCausal(spec);
    }

    static AttentionSpec shape(List<String> words) {
        if (words.size() != SHAPE_WORDS) {
            throw new IllegalArgumentException("a shape has " + SHAPE_WORDS + " words, but got " + words);
        }
        AttentionSpecBuilder builder = AttentionSpec.builder()
                .batch(Integer.parseInt(words.get(0)))
                .heads(Integer.parseInt(words.get(1)))
                .kvHeads(Integer.parseInt(words.get(2)))
                .queryLength(Integer.parseInt(words.get(3)))
                .keyLength(Integer.parseInt(words.get(4)))
                .headDim(Integer.parseInt(words.get(5)))
                .valueDim(Integer.parseInt(words.get(6)));
        return (Boolean.parseBoolean(words.get(7)) ? builder.causal() : builder).build();
    }

    /** Text on one line. */
    static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").trim();
    }
}
