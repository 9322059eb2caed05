package io.github.attention4j.bench.speed;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.bench.peers.PeerKind;
import io.github.attention4j.bench.run.Shapes;
import java.util.List;

/**
 * A part of the table: contenders at shapes.
 *
 * @param title for people
 * @param field for programs
 * @param until which part of the time must be over for no shape of it to begin
 */
public record SpeedPart(String title, String field, double until, List<PeerKind> kinds, List<AttentionSpec> specs) {
    /** Plain loops are no library, and PyTorch takes part with one thread of OpenBLAS, with which it was faster. */
    private static final List<String> LEFT_OUT = List.of("loops", "pytorch");

    private static final double UNTIL_FORWARD = 0.4;
    private static final double UNTIL_BF16 = 0.55;
    private static final double UNTIL_GRADIENTS = 0.8;

    /** All of them for the engine on these devices. */
    public static List<SpeedPart> all(List<String> devices, boolean quick) {
        List<AttentionSpec> forward = quick ? Shapes.few() : Shapes.of(List.of(Shapes.Group.MAIN, Shapes.Group.SMALL));
        List<AttentionSpec> others = quick ? Shapes.few().subList(0, 1) : Shapes.ofGradients();
        return List.of(
                new SpeedPart("Forward, f32", "forward", UNTIL_FORWARD, chosen(PeerKind.all(devices)), forward),
                new SpeedPart("Forward, bf16", "forwardBf16", UNTIL_BF16, PeerKind.allInBf16(devices), others),
                new SpeedPart(
                        "Gradients, f32",
                        "gradients",
                        UNTIL_GRADIENTS,
                        chosen(PeerKind.allWithGradients(devices, false)),
                        others));
    }

    private static List<PeerKind> chosen(List<PeerKind> all) {
        return all.stream().filter(kind -> !LEFT_OUT.contains(kind.name())).toList();
    }

    /** Whether gradients are computed. */
    boolean hasGradients() {
        return kinds.stream().anyMatch(kind -> kind.pass().hasGradients());
    }
}
