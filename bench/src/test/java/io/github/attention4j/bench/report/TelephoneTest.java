package io.github.attention4j.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.AssertionFailedError;

/** That pages which do not fit are told from those that do. */
class TelephoneTest {
    private static final String WIDE_TABLE =
            "<table><tr><td>" + "a column of figures</td><td>".repeat(12) + "</td></tr></table>";

    private static String page(String style, String body) {
        return Html.page(Map.of("title", "Page", "body", "<style>" + style + "</style>" + body, "machine", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".charts { grid-template-columns: repeat(auto-fit, minmax(500px, 1fr)); }",
                "figure { min-width: 40em; }",
                "p { white-space: nowrap; }",
                "@media (max-width: 400px) { body { width: 391px; } }"
            })
    void aStyleThatIsTooWideIsNamed(String style) {
        List<String> faults = Telephone.faults(page(style, ""));
        assertEquals(1, faults.size(), faults.toString());
        String declaration = style.replaceAll(".*\\{ ([^{}]*);.*", "$1");
        assertTrue(faults.get(0).contains(declaration), faults.toString());
    }

    @Test
    void whatNoReaderCouldReadIsNamed() {
        assertEquals(List.of("th { font-size: 9px }"), Telephone.faults(page("th { font-size: 9px; }", "")));
        assertEquals(List.of("a drawing of 800"), Telephone.faults(page("", "<svg viewBox=\"0 0 800 240\"></svg>")));
    }

    @Test
    void aTableMustBeInWhatScrolls() {
        assertEquals(
                List.of("a table that cannot be scrolled: <table>"),
                Telephone.faults(page("", "<div class=\"scroll\"></div>" + WIDE_TABLE)));
        assertEquals(
                List.of(), Telephone.faults(page("", "<div class=\"scroll\"><div>" + WIDE_TABLE + "</div></div>")));
    }

    @Test
    void aPageWithoutAViewportIsAsWideAsADesk() {
        assertEquals(1, Telephone.faults("<body><p>text</p></body>").size());
    }

    @Test
    void aBrowserSeesATableThatSticksOut(@TempDir Path folder) {
        Browser.assertFits(page("", "<div class=\"scroll\">" + WIDE_TABLE + "</div>"), folder);
        AssertionFailedError error =
                assertThrows(AssertionFailedError.class, () -> Browser.assertFits(page("", WIDE_TABLE), folder));
        assertTrue(error.getMessage().contains("TABLE"), error.getMessage());
    }
}
