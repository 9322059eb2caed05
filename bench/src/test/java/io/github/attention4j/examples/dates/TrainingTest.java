package io.github.attention4j.examples.dates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.examples.dates.Training.Moment;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingTest {
    private static final AttentionEngine ENGINE = AttentionEngine.open("reference");

    @AfterAll
    static void closeEngine() {
        ENGINE.close();
    }

    @ParameterizedTest
    @EnumSource(AttentionForm.class)
    void theLossGoesDown(AttentionForm form) {
        List<Moment> moments = new Training(form, ENGINE, 1).run(10, 1000, moment -> {});
        assertEquals(10, moments.size());
        assertTrue(moments.get(9).loss() < 0.97 * moments.get(0).loss(), moments.toString());
    }

    @Test
    void theSameSeedGivesTheSameTranslator() {
        double[] losses = new double[2];
        for (int i = 0; i < 2; i++) {
            losses[i] = new Training(AttentionForm.DOT, ENGINE, 3)
                    .run(4, 1000, moment -> {})
                    .get(3)
                    .loss();
        }
        assertEquals(losses[0], losses[1]);
    }

    @Test
    void itEndsWhenItsTimeIsUp() {
        List<Moment> moments = new Training(AttentionForm.DOT, ENGINE, 1).run(1000, 1e-3, moment -> {});
        assertEquals(1, moments.size());
    }

    @Test
    void whoLearnsFewDatesOftenEnoughKnowsThem() {
        List<WrittenDate> dates = List.of(
                WrittenDate.of(LocalDate.of(2021, 5, 3), "%d %B %Y"),
                WrittenDate.of(LocalDate.of(1987, 12, 30), "%d %B %Y"),
                WrittenDate.of(LocalDate.of(2003, 8, 17), "%d %B %Y"));
        Translator translator = new Translator(AttentionForm.GENERAL, 16, ENGINE, 1);
        Adam adam = new Adam(translator.parameters());
        Batch batch = Batch.of(dates);
        for (int step = 0; step < 150; step++) {
            adam.step(translator.gradients(batch), 1 / 30f, 0.03);
        }
        Answers answers = Answers.of(translator.align(dates));
        assertEquals(List.of(), answers.mistakes());
        assertEquals(1, answers.accuracy());
    }

    @Test
    void attentionInPlaceIsThatOfDigitsOnWhatTheyStandFor() {
        WrittenDate read = WrittenDate.of(LocalDate.of(2021, 5, 3), "%m/%d/%y");
        float[][] weights = new float[10][6];
        for (int row = 0; row < 10; row++) {
            weights[row][4] = 0.5f; // each half at the year
            weights[row][1] = 0.5f; // and half at a slash
        }
        assertEquals(0.5 * 4 / 8, new Alignment(read, "2021-05-03", weights).inPlace(), 1e-6);
    }
}
