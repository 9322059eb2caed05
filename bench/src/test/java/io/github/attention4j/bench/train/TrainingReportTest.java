package io.github.attention4j.bench.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.bench.report.Browser;
import io.github.attention4j.bench.report.LineChart.Point;
import io.github.attention4j.bench.report.Machine;
import io.github.attention4j.bench.report.Report;
import io.github.attention4j.bench.report.Telephone;
import io.github.attention4j.examples.dates.Alignment;
import io.github.attention4j.examples.dates.Answers;
import io.github.attention4j.examples.dates.AttentionForm;
import io.github.attention4j.examples.dates.Training.Moment;
import io.github.attention4j.examples.dates.WrittenDate;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingReportTest {
    private static final WrittenDate READ = new WrittenDate("5/3/21", LocalDate.of(2021, 5, 3), "m d yy");
    private static final Machine MACHINE = Machine.here(AttentionEngine.devices());
    private static final List<TrainingRun> RUNS = List.of(
            run(AttentionForm.ADDITIVE, new Answers(100, List.of(), 0.9)),
            run(
                    AttentionForm.DOT,
                    new Answers(100, List.of(new Alignment(READ, "2021-05-30", new float[10][6])), 0.8)));

    private static TrainingRun run(AttentionForm form, Answers answers) {
        List<Moment> moments = IntStream.rangeClosed(1, 250)
                .mapToObj(step -> new Moment(step, step / 10.0, 2.5 / step))
                .toList();
        float[][] weights = new float[10][6];
        weights[0][4] = 0.75f;
        return new TrainingRun(
                form, "cpu:0", 40000, moments, 10, answers, List.of(new Alignment(READ, "2021-05-03", weights)));
    }

    private static Report report() {
        return TrainingReport.of(MACHINE, List.of("All well."), RUNS);
    }

    @Test
    void theTableSaysHowFastAndHowWellEachFormLearnt() {
        String text = TrainingReport.table(RUNS).text();
        assertTrue(text.contains("additive"), text);
        assertTrue(text.matches("(?s).*dot +cpu:0 +40000 +250 +25\\.0 +640 .* 99\\.0 % +80 %\\R"), text);
    }

    @Test
    void aCurveHasAveragesOfEquallyManySteps() {
        List<Point> curve = TrainingReport.curve(RUNS.get(0).moments());
        assertEquals(84, curve.size());
        assertEquals(3, curve.get(0).x());
        assertEquals((2.5 + 2.5 / 2 + 2.5 / 3) / 3, curve.get(0).y(), 1e-12);
        assertEquals(250, curve.get(83).x());
    }

    @Test
    void aLossThatGoesDownInFewStepsIsBetter() {
        List<Moment> few = RUNS.get(0).moments().subList(0, 5);
        Answers none = new Answers(1, List.of(), 0);
        assertTrue(new TrainingRun(AttentionForm.DOT, "java", 1, few, 0, none, List.of()).isBetter());
        List<Moment> same = List.of(new Moment(1, 1, 2), new Moment(2, 2, 2));
        assertFalse(new TrainingRun(AttentionForm.DOT, "java", 1, same, 0, none, List.of()).isBetter());
    }

    @Test
    void thePageHasCurvesThatStayInTheirPictureAndMapsWithBothTexts() {
        String page = report().page();
        assertEquals(2, Pattern.compile("<polyline").matcher(page).results().count());
        for (MatchResult point : Pattern.compile("([\\d.-]+),([\\d.-]+)[ \"]")
                .matcher(page.substring(page.indexOf("<polyline"), page.indexOf("</svg>")))
                .results()
                .toList()) {
            double x = Double.parseDouble(point.group(1));
            double y = Double.parseDouble(point.group(2));
            assertTrue(x >= 0 && x <= 360 && y >= 0 && y <= 240, point.group());
        }
        assertTrue(page.contains("<table class=\"heat letters\" style=\"--columns:6\">"));
        assertTrue(page.contains("<td style=\"--weight:75%\" title=\"2 to 2: 0.75\">"));
        assertTrue(page.contains("5/3/21 is 2021-05-03"));
        assertTrue(page.contains("2021-05-30"), "the mistake");
        assertFalse(page.contains("http") || page.contains("<script"), "the page needs something from elsewhere");
    }

    @Test
    void programsGetFiguresCurvesAndWeights() {
        JsonNode root = report().json();
        assertEquals(2, root.get("trainings").size());
        assertEquals(40000, root.get("trainings").get(1).get("parameters").asInt());
        assertEquals(0.99, root.get("trainings").get(1).get("accuracy").asDouble(), 1e-12);
        assertEquals("dot", root.get("losses").get(1).get("form").asText());
        assertEquals(84, root.get("losses").get(1).get("points").size());
        JsonNode weights = root.get("alignments").get(0).get("weights");
        assertEquals(10, weights.size());
        assertEquals(6, weights.get(0).size());
        assertEquals(1, root.get("mistakes").size());
    }

    @Test
    void thePageFitsATelephone() {
        Telephone.assertFits(report().page());
    }

    @Test
    void aBrowserFindsThatThePageFitsATelephone(@TempDir Path folder) {
        Browser.assertFits(report().page(), folder);
    }
}
