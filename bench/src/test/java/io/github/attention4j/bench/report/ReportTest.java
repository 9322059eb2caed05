package io.github.attention4j.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.Device;
import io.github.attention4j.bench.model.Weights;
import io.github.attention4j.bench.run.Interleaved.Timing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final AttentionSpec SPEC = AttentionSpec.builder()
            .heads(8)
            .kvHeads(2)
            .sequenceLength(64)
            .headDim(32)
            .causal()
            .build();
    private static final Machine MACHINE = new Machine(
            List.of(new Device(
                    "cpu:0", Device.Type.CPU, "A <CPU>", "", "OpenCL", "7.1", 2, 8, 64, 1, 1, 1, true, "", Set.of())),
            "abc");
    private static final List<Result> RESULTS = List.of(new Result(List.of(
            row("attention4j", "cpu:0", "lanes", 1),
            row("attention4j", "java", "java", 2),
            row("plain loops", "java", "loops", 20))));
    /** In GFLOP/s. */
    private static final double PEAK = 4;

    @TempDir
    Path folder;

    private static Row row(String engine, String device, String family, double millis) {
        return new Row(
                engine, device, family, "random", SPEC, new Timing(millis, millis / 2, 3), Double.NaN, 1e-7, PEAK);
    }

    @Test
    void jsonHasExactlyTheFieldsThatArePromised() throws Exception {
        Path file = folder.resolve("new/results.json");
        JsonFile.write(
                file, ComparisonReport.of(MACHINE, List.of(), RESULTS, null).json());
        JsonNode root = new ObjectMapper().readTree(file.toFile());
        assertEquals(Set.of("device", "driver", "commit", "results"), names(root));
        assertEquals(3, root.get("results").size());
        JsonNode row = root.get("results").get(0);
        assertEquals(
                Set.of(
                        "engine",
                        "device",
                        "family",
                        "case",
                        "batch",
                        "heads",
                        "kvHeads",
                        "queryLength",
                        "keyLength",
                        "headDim",
                        "causal",
                        "dtype",
                        "medianMs",
                        "minMs",
                        "gflops",
                        "maxError"),
                names(row));
        assertTrue(row.get("causal").isBoolean());
        assertEquals(4.0 * 8 * (64 * 65 / 2) * 32 * 1e-6, row.get("gflops").asDouble(), 1e-12);
    }

    @Test
    void theReportNeedsNothingFromElsewhere() throws Exception {
        String[] tokens = {"[CLS]", "the", "cat", "and", "the", "dog", "[SEP]"};
        float[] weights = new float[tokens.length * tokens.length];
        Arrays.fill(weights, 1f / tokens.length);
        Path file = ComparisonReport.of(MACHINE, List.of("All & well."), RESULTS, new Weights(tokens, 1, 2, weights))
                .write(folder, "index.html");
        String page = Files.readString(file);
        assertFalse(page.contains("http"), "an address of something outside");
        assertFalse(page.contains("<script"));
        assertFalse(page.contains("<link"));
        assertFalse(page.contains("{{"), "a part of the template is not filled in");
        assertTrue(page.contains("All &amp; well."));
        assertTrue(page.contains("A &lt;CPU&gt;"));
    }

    @Test
    void chartsAreTextInTheColoursOfThePage() {
        String[] tokens = {"[CLS]", "a<b", "[SEP]"};
        String page = ComparisonReport.of(
                        MACHINE,
                        List.of(),
                        RESULTS,
                        new Weights(tokens, 1, 2, new float[tokens.length * tokens.length]))
                .page();
        assertFalse(page.contains("<path"), "letters drawn as outlines");
        assertFalse(page.contains("fill=\"#"), "a colour that does not follow the reader's");
        assertTrue(page.contains("prefers-color-scheme: dark"));
        assertTrue(page.contains("attention4j cpu:0 lanes"), "a bar's name");
        assertEquals(3, count(page, "scope=\"col\""), "a column for each token");
        assertTrue(page.contains("a&lt;b"));
    }

    @Test
    void theBarsOfTheEngineAreMarkedAndTheOthersAreNot() {
        String chart = ComparisonReport.chart(RESULTS.get(0));
        assertEquals(3, count(chart, "<li"));
        assertEquals(2, count(chart, "<li class=\"ours\""));
        assertTrue(chart.indexOf("plain loops") > chart.lastIndexOf("class=\"ours\""), chart);
    }

    @Test
    void theShareOfThePeakIsShownWhereItIsKnown() {
        double share = RESULTS.get(0).rows().get(0).gflops() / PEAK;
        String percent = Math.round(100 * share) + " %";
        assertTrue(ComparisonReport.chart(RESULTS.get(0)).contains(percent + " of peak"));
        assertTrue(ComparisonReport.table(RESULTS).text().contains(percent));
        Row known = RESULTS.get(0).rows().get(0);
        Row unknown = new Row(
                known.engine(),
                known.device(),
                known.family(),
                known.problem(),
                known.spec(),
                known.timing(),
                known.deviceMillis(),
                known.maxError(),
                Double.NaN);
        assertFalse(ComparisonReport.chart(new Result(List.of(unknown))).contains("peak"));
    }

    @Test
    void everyProblemIsTitledOnceHoweverManyShapesItHas() {
        List<Result> twice = List.of(RESULTS.get(0), RESULTS.get(0));
        String page = ComparisonReport.of(MACHINE, List.of(), twice, null).page();
        assertEquals(1, count(page, "<h3>random</h3>"));
        assertEquals(1, count(page, "class=\"group\" colspan"));
        assertEquals(2, count(page, "<figure class=\"bars\">"));
        assertEquals(
                1,
                ComparisonReport.table(twice)
                        .text()
                        .lines()
                        .filter("random"::equals)
                        .count());
    }

    @Test
    void theMarkdownHasATableWithItsTitleAndTheMachine() {
        String text = ComparisonReport.of(MACHINE, List.of("All well."), RESULTS, null)
                .markdown();
        assertTrue(text.contains("- commit: abc") && text.contains("All well."), text);
        assertTrue(text.contains("### random\n\n| device | kernel | shape | median ms |"), text);
        assertTrue(text.contains("| cpu:0 | lanes | 1x8/2x64x64x32 causal | 1.00 | 0.5000 | - |"), text);
        assertTrue(text.contains("|---|---|---|--:|"), text);
    }

    /** With names as long as real ones, of devices and of words. */
    private static String fullPage() {
        String[] tokens = "[CLS] the sentence transformers that understand ##ing everybody wants [SEP]".split(" ");
        float[] weights = new float[tokens.length * tokens.length];
        Arrays.fill(weights, 1f / tokens.length);
        return ComparisonReport.of(MACHINE, List.of("All well."), RESULTS, new Weights(tokens, 1, 2, weights))
                .page();
    }

    @Test
    void thePageFitsATelephone() {
        Telephone.assertFits(fullPage());
    }

    @Test
    void aBrowserFindsThatThePageFitsATelephone() {
        Browser.assertFits(fullPage(), folder);
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }

    @Test
    void speedUpsCompareWithTheBaselinesOfTheSameProblem() {
        Result result = RESULTS.get(0);
        Row first = result.rows().get(0);
        assertEquals(2, result.overJava(first).orElseThrow());
        assertEquals(20, result.overLoops(first).orElseThrow());
    }

    @Test
    void theTableHasALineForEachRowAndColumnsThatLineUp() {
        List<String> lines =
                new ArrayList<>(ComparisonReport.table(RESULTS).text().lines().toList());
        assertEquals(5, lines.size());
        int end = lines.get(0).indexOf("median ms") + "median ms".length();
        assertEquals(' ', lines.get(2).charAt(end));
        assertTrue(lines.get(2).substring(0, end).endsWith("1.00"), lines.get(2));
    }

    private static Set<String> names(JsonNode node) {
        Set<String> names = new TreeSet<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
