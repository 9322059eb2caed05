package io.github.attention4j.bench.embed;

import io.github.attention4j.AttentionEngine;
import io.github.attention4j.DType;
import io.github.attention4j.bench.run.Interleaved;
import io.github.attention4j.bench.run.Interleaved.Pace;
import io.github.attention4j.bench.run.Interleaved.Timing;
import io.github.attention4j.bench.run.LinearLayer;
import io.github.attention4j.layers.LinearSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How fast linear layers are on one engine, each checked first. */
public final class LinearRates {
    /** Features in and out. */
    private static final int[][] FEATURES = {{384, 1536}, {768, 3072}, {4096, 4096}};

    private static final int[] ROWS = {2048, 128};
    private static final double SHARE_MILLIS = 3000;

    private LinearRates() {}

    /** How many layers {@link #measure} measures. */
    public static int count(List<DType> types, boolean quick) {
        return types.size() * ROWS.length * (quick ? 1 : FEATURES.length);
    }

    /** Measures one after the other. */
    public static List<LinearRow> measure(
            AttentionEngine engine, List<DType> types, double peak, int rounds, boolean quick, Runnable step) {
        List<LinearRow> rows = new ArrayList<>();
        for (DType type : types) {
            for (int[] features : quick ? new int[][] {FEATURES[0]} : FEATURES) {
                for (int count : ROWS) {
                    LinearSpec spec = LinearSpec.builder()
                            .rows(count)
                            .inFeatures(features[0])
                            .outFeatures(features[1])
                            .types(type, type, DType.F32)
                            .build();
                    try (LinearLayer layer = new LinearLayer(engine, spec, type)) {
                        double error = layer.maxError();
                        Pace pace = new Pace(rounds).withShare(SHARE_MILLIS);
                        Timing timing = Interleaved.measure(List.of(layer), pace, () -> {})
                                .get(0);
                        rows.add(new LinearRow(
                                engine.device().id(),
                                type.name().toLowerCase(Locale.ROOT),
                                spec,
                                layer.family(),
                                timing.median(),
                                peak,
                                error,
                                LinearLayer.ALLOWED));
                    }
                    step.run();
                }
            }
        }
        return rows;
    }
}
