package io.github.attention4j.transformer.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.transformer.Sampling;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenChoiceTest {
    private static final int TOKENS = 12;
    private static final int DRAWS = 40_000;

    /** How often tokens come against their probabilities, computed token by token. */
    @ParameterizedTest
    @CsvSource({"1,0,1", "0.5,0,1", "2,0,1", "1,3,1", "1,0,0.6", "0.7,5,0.8", "1,1,1", "1,0,0.01", "1,100,1"})
    void tokensComeAsOftenAsTheyShould(double temperature, int topK, double topP) {
        float[] scores = scores(new Random(5));
        TokenChoice choice = new TokenChoice(new Sampling(temperature, topK, topP, 7));
        int[] counts = new int[TOKENS];
        for (int i = 0; i < DRAWS; i++) {
            counts[choice.next(scores)]++;
        }
        double[] expected = probabilities(scores, temperature, topK, topP);
        for (int i = 0; i < TOKENS; i++) {
            assertEquals(expected[i], counts[i] / (double) DRAWS, 0.012, "token " + i);
            assertTrue(expected[i] > 0 || counts[i] == 0, "token " + i);
        }
    }

    private static float[] scores(Random random) {
        float[] scores = new float[TOKENS];
        for (int i = 0; i < TOKENS; i++) {
            scores[i] = (float) random.nextGaussian() * 2;
        }
        return scores;
    }

    /** A token stays if fewer than topK are better, and those that are better have less than topP together. */
    private static double[] probabilities(float[] scores, double temperature, int topK, double topP) {
        double[] weights = new double[TOKENS];
        for (int i = 0; i < TOKENS; i++) {
            int token = i;
            long better = IntStream.range(0, TOKENS)
                    .filter(other -> scores[other] > scores[token])
                    .count();
            weights[i] = topK == 0 || better < topK ? Math.exp(scores[i] / temperature) : 0;
        }
        double sum = IntStream.range(0, TOKENS).mapToDouble(i -> weights[i]).sum();
        double[] kept = new double[TOKENS];
        for (int i = 0; i < TOKENS; i++) {
            int token = i;
            double before = IntStream.range(0, TOKENS)
                    .filter(other -> scores[other] > scores[token])
                    .mapToDouble(other -> weights[other])
                    .sum();
            kept[i] = before < topP * sum ? weights[i] : 0;
        }
        double all = IntStream.range(0, TOKENS).mapToDouble(i -> kept[i]).sum();
        return IntStream.range(0, TOKENS).mapToDouble(i -> kept[i] / all).toArray();
    }

    @Test
    void theBestIsTheFirstOfEquals() {
        assertEquals(1, new TokenChoice(Sampling.greedy()).next(new float[] {0, 2, 2, 1}));
        Sampling one = Sampling.withTemperature(3, 9).withTopK(1);
        assertEquals(1, new TokenChoice(one).next(new float[] {0, 2, 2, 1}));
    }

    @Test
    void aSeedDrawsTheSameAgain() {
        Random random = new Random(3);
        Sampling sampling = Sampling.withTemperature(1.5, 11).withTopP(0.9);
        TokenChoice first = new TokenChoice(sampling);
        TokenChoice second = new TokenChoice(sampling);
        TokenChoice other = new TokenChoice(Sampling.withTemperature(1.5, 12).withTopP(0.9));
        int different = 0;
        for (int i = 0; i < 50; i++) {
            float[] scores = scores(random);
            int token = first.next(scores);
            assertEquals(token, second.next(scores));
            different += token == other.next(scores) ? 0 : 1;
        }
        assertTrue(different > 0);
    }

    @Test
    void rangesAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> new Sampling(-1, 0, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> new Sampling(Double.NaN, 0, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> new Sampling(1, -1, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> new Sampling(1, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Sampling(1, 0, 1.5, 0));
    }
}
