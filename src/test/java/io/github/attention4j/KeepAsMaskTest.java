package io.github.attention4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.score.BoolTerm;
import io.github.attention4j.score.Functions;
import io.github.attention4j.score.IntTerm;
import io.github.attention4j.score.KeepFunction;
import io.github.attention4j.score.Place;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.HostArrays;
import io.github.attention4j.testing.Problem;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Keep functions of which a part is a window, which becomes a mask's. */
class KeepAsMaskTest {
    private static AttentionSpecBuilder builder() {
        return AttentionSpec.builder().heads(1).queryLength(19).keyLength(23).headDim(2);
    }

    private static AttentionSpec keeping(KeepFunction function) {
        return builder().keep(function).build();
    }

    @Test
    void causalAndWindowsAreMasksAndNothingElse() {
        assertEquals(builder().causal().build(), keeping(Functions.causal()).withKeepAsMask());
        AttentionSpec window = builder().mask(Mask.window(7, 2)).build();
        assertEquals(window, keeping(Functions.window(7, 2)).withKeepAsMask());
        AttentionSpec narrower =
                builder().mask(Mask.window(5, 4)).keep(Functions.window(7, 2)).build();
        assertEquals(Mask.window(5, 2), narrower.withKeepAsMask().mask());
        assertEquals(
                builder().mask(Mask.causal(Mask.Alignment.TOP_LEFT)).build(),
                keeping(place -> place.key().atMost(place.query())).withKeepAsMask());
    }

    @Test
    void aPlanVisitsWhatTheMaskShows() {
        AttentionEngine engine = Engines.of(KernelFamily.JAVA);
        AttentionSpec causal = engine.plan(keeping(Functions.causal())).spec();
        assertEquals(builder().causal().build(), causal);
        assertNotNull(Engines.of(KernelFamily.REFERENCE)
                .plan(keeping(Functions.causal()))
                .spec()
                .keep());
    }

    @Test
    void whatIsNoWindowStays() {
        AttentionSpec strided = keeping(Functions.strided(3, 4)).withKeepAsMask();
        assertEquals(Mask.causal(), strided.mask());
        assertNotNull(strided.keep());
        AttentionSpec picture = keeping(Functions.neighbourhood(5, 1)).withKeepAsMask();
        assertEquals(Mask.window(9, 9), picture.mask());
        assertNotNull(picture.keep());
        AttentionSpec dilated = keeping(Functions.dilated(3));
        assertSame(dilated, dilated.withKeepAsMask());
        AttentionSpec wide = keeping(Functions.window(1 << 30, 1 << 30)).withKeepAsMask();
        assertEquals(Mask.none(), wide.mask());
    }

    @Test
    void withAPrefixGivenDiagonalsOrBlocksItStaysAsItIs() {
        AttentionSpec prefix =
                builder().causal().prefixLengths().keep(Functions.causal()).build();
        assertSame(prefix, prefix.withKeepAsMask());
        AttentionSpec given = builder()
                .mask(Mask.window(3, 3, Mask.Alignment.GIVEN))
                .keep(Functions.causal())
                .build();
        assertSame(given, given.withKeepAsMask());
        AttentionSpec blocks =
                builder().keep(Functions.causal()).blockMask(16, 16).build();
        assertSame(blocks, blocks.withKeepAsMask());
    }

    @Test
    void randomFunctionsKeepWhatTheyKept() {
        int changed = 0;
        for (int seed = 0; seed < 400; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            AttentionSpec spec = builder()
                    .queryLength(random.nextInt(1, 14))
                    .keyLength(random.nextInt(1, 14))
                    .keep(place -> truth(random, place, 3))
                    .returnScores(ScoreStage.MASKED)
                    .build();
            AttentionSpec narrow = spec.withKeepAsMask();
            changed += narrow.equals(spec) ? 0 : 1;
            assertArrayEquals(scores(spec), scores(narrow), "seed " + seed + ": " + spec + " as " + narrow);
        }
        assertTrue(changed > 80, changed + " were changed");
    }

    @Test
    void nothingIsKeptThatIsNotAsked() {
        AttentionSpec all =
                keeping(place -> place.key().atMost(place.queryPosition().plus(60)));
        assertNull(builder().build().withKeepAsMask().keep());
        assertEquals(Mask.none(), all.withKeepAsMask().mask());
    }

    private static float[] scores(AttentionSpec spec) {
        Problem problem = new Problem(spec, 1, 1);
        AttentionArrays outputs = problem.outputs();
        Engines.of(KernelFamily.REFERENCE).attend(spec, HostArrays.all(problem.inputs(), outputs));
        return (float[]) outputs.get(Operand.SCORES);
    }

    private static BoolTerm truth(SplittableRandom random, Place place, int depth) {
        if (depth == 0) {
            IntTerm first = number(random, place, 2);
            IntTerm second = IntTerm.of(random.nextInt(-6, 7));
            return random.nextBoolean()
                    ? second.lessThan(first)
                    : random.nextInt(8) == 0 ? first.equalTo(second) : first.lessThan(second);
        }
        BoolTerm is = truth(random, place, depth - 1);
        return switch (random.nextInt(5)) {
            case 0 -> is.not();
            case 1 -> is.or(truth(random, place, random.nextInt(depth)));
            case 2 -> is;
            default -> is.and(truth(random, place, random.nextInt(depth)));
        };
    }

    private static IntTerm number(SplittableRandom random, Place place, int depth) {
        if (depth == 0) {
            return switch (random.nextInt(4)) {
                case 0 -> random.nextBoolean() ? place.key() : place.queryPosition();
                case 1 -> IntTerm.of(random.nextInt(-6, 7));
                default -> place.queryPosition().minus(place.key());
            };
        }
        IntTerm n = number(random, place, depth - 1);
        IntTerm m = number(random, place, random.nextInt(depth));
        return switch (random.nextInt(10)) {
            case 0 -> n.plus(m);
            case 1 -> n.times(IntTerm.of(random.nextInt(-2, 3)));
            case 2 -> n.dividedBy(random.nextInt(1, 4));
            case 3 -> n.max(m);
            case 4 -> n.min(m);
            case 5 -> n.abs();
            default -> n.minus(m);
        };
    }
}
