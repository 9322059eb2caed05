package io.github.attention4j.bench.report;

import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.knowm.xchart.internal.chartpart.IChart;

/** A chart as an element to paste into HTML. */
final class Svg {
    private Svg() {}

    /** Without XML declaration, document type and name spaces: inside HTML they mean nothing, and would be the page's only addresses. */
    static String inline(IChart chart, String description) {
        VectorGraphics2D drawing = new VectorGraphics2D();
        chart.paint(drawing, chart.getWidth(), chart.getHeight());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            PageSize size = new PageSize(0, 0, chart.getWidth(), chart.getHeight());
            Processors.get("svg").getDocument(drawing.getCommands(), size).writeTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a byte array does not fail
        }
        String file = bytes.toString(StandardCharsets.UTF_8);
        String svg = file.substring(file.indexOf("<svg")).replaceAll(" xmlns(:\\w+)?=\"[^\"]*\"", "");
        return "<svg role=\"img\" aria-label=\"" + Html.escape(description) + "\"" + svg.substring("<svg".length());
    }
}
