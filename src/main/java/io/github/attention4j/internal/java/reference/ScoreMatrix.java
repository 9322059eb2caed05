package io.github.attention4j.internal.java.reference;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.java.memory.Operands;
import io.github.attention4j.internal.java.memory.Rows;
import io.github.attention4j.internal.java.memory.Sequence;
import io.github.attention4j.internal.java.threads.Threads;

/**
 * {@link Operand#SCORES} of a call, in a pass of its own: it is for looking at attention, and must cost nobody else
 * anything.
 */
public final class ScoreMatrix {
    private ScoreMatrix() {}

    /** Writes the rows of all queries on these threads, if the spec asks for them. */
    public static void write(AttentionSpec spec, Operands operands, Threads threads) {
        Rows target = operands.get(Operand.SCORES);
        if (target == null) {
            return;
        }
        int length = spec.queryLength();
        threads.run(Math.toIntExact((long) spec.batch() * spec.heads() * length), next -> {
            ScoreRow row = new ScoreRow(spec, operands);
            float[] rounded = new float[spec.keyLength()];
            for (int index = next.getAsInt(); index >= 0; index = next.getAsInt()) {
                int query = index % length;
                int head = index / length % spec.heads();
                Sequence sequence = new Sequence(spec, operands, index / length / spec.heads());
                if (query < sequence.queries) {
                    row.start(sequence, head, query);
                    row.compute(spec.scoreStage());
                    row.pad();
                    for (int j = 0; j < rounded.length; j++) {
                        rounded[j] = (float) row.scores[j];
                    }
                    target.write(target.at(sequence.batch, head, query), rounded, 0, rounded.length);
                }
            }
        });
    }
}
