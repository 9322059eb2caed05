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
import io.github.attention4j.score.ScoreFunction;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.HostArrays;
import io.github.attention4j.testing.Problem;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Functions of which a part is an option of the call: a window, which becomes its mask's, or a softcap. */
class FunctionsAsOptionsTest {
    private static AttentionSpecBuilder builder() {
        return AttentionSpec.builder().heads(1).queryLength(19).keyLength(23).headDim(2);
    }

    private static AttentionSpec keeping(KeepFunction function) {
        return builder().keep(function).build();
    }

    @Test
    void causalAndWindowsAreMasksAndNothingElse() {
        assertEquals(builder().causal().build(), keeping(Functions.causal()).withFunctionsAsOptions());
        AttentionSpec window = builder().mask(Mask.window(7, 2)).build();
        assertEquals(window, keeping(Functions.window(7, 2)).withFunctionsAsOptions());
        AttentionSpec narrower =
                builder().mask(Mask.window(5, 4)).keep(Functions.window(7, 2)).build();
        assertEquals(Mask.window(5, 2), narrower.withFunctionsAsOptions().mask());
        assertEquals(
                builder().mask(Mask.causal(Mask.Alignment.TOP_LEFT)).build(),
                keeping(place -> place.key().atMost(place.query())).withFunctionsAsOptions());
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
        AttentionSpec strided = keeping(Functions.strided(3, 4)).withFunctionsAsOptions();
        assertEquals(Mask.causal(), strided.mask());
        assertNotNull(strided.keep());
        AttentionSpec picture = keeping(Functions.neighbourhood(5, 1)).withFunctionsAsOptions();
        assertEquals(Mask.window(9, 9), picture.mask());
        assertNotNull(picture.keep());
        AttentionSpec dilated = keeping(Functions.dilated(3));
        assertSame(dilated, dilated.withFunctionsAsOptions());
        AttentionSpec wide = keeping(Functions.window(1 << 30, 1 << 30)).withFunctionsAsOptions();
        assertEquals(Mask.none(), wide.mask());
    }

    @Test
    void withAPrefixGivenDiagonalsOrBlocksItStaysAsItIs() {
        AttentionSpec prefix =
                builder().causal().prefixLengths().keep(Functions.causal()).build();
        assertSame(prefix, prefix.withFunctionsAsOptions());
        AttentionSpec given = builder()
                .mask(Mask.window(3, 3, Mask.Alignment.GIVEN))
                .keep(Functions.causal())
                .build();
        assertSame(given, given.withFunctionsAsOptions());
        AttentionSpec blocks =
                builder().keep(Functions.causal()).blockMask(16, 16).build();
        assertSame(blocks, blocks.withFunctionsAsOptions());
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
            AttentionSpec narrow = spec.withFunctionsAsOptions();
            changed += narrow.equals(spec) ? 0 : 1;
            assertArrayEquals(scores(spec), scores(narrow), "seed " + seed + ": " + spec + " as " + narrow);
        }
        assertTrue(changed > 80, changed + " were changed");
    }

    @Test
    void nothingIsKeptThatIsNotAsked() {
        AttentionSpec all =
                keeping(place -> place.key().atMost(place.queryPosition().plus(60)));
        assertNull(builder().build().withFunctionsAsOptions().keep());
        assertEquals(Mask.none(), all.withFunctionsAsOptions().mask());
    }

    @Test
    void aSoftcapIsTheCalls() {
        AttentionSpec capped = builder().score(Functions.softcap(5)).build();
        assertEquals(builder().softcap(5).build(), capped.withFunctionsAsOptions());
        ScoreFunction cap = Functions.softcap(5);
        ScoreFunction then = (score, place) ->
                cap.score(score, place).plus(place.key().toFloat()).exp();
        AttentionSpec more = builder().score(then).build();
        AttentionSpec rest = builder()
                .softcap(5)
                .score((score, place) -> score.plus(place.key().toFloat()).exp())
                .build();
        assertEquals(rest, more.withFunctionsAsOptions());
        for (ScoreStage stage : new ScoreStage[] {ScoreStage.SCALED, ScoreStage.MASKED}) {
            AttentionSpec asked = more.toBuilder().returnScores(stage).build();
            float[] expected = scores(asked);
            float[] actual = scores(asked.withFunctionsAsOptions());
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], actual[i], 1e-5 * Math.abs(expected[i]), stage + ", " + i);
            }
        }
    }

    @Test
    void whatIsNoSoftcapStays() {
        AttentionSpec twice = builder().softcap(3).score(Functions.softcap(5)).build();
        assertSame(twice, twice.withFunctionsAsOptions());
        AttentionSpec shown = builder()
                .score(Functions.softcap(5))
                .returnScores(ScoreStage.CAPPED)
                .build();
        assertSame(shown, shown.withFunctionsAsOptions());
        List<ScoreFunction> others = List.of(
                (score, place) -> score.dividedBy(5).tanh().times(4),
                (score, place) -> score.dividedBy(-5).tanh().times(-5),
                (score, place) -> score.times(5).tanh().times(5),
                (score, place) -> score.dividedBy(5).tanh().plus(5),
                (score, place) -> score.dividedBy(5).sigmoid().times(5),
                (score, place) -> score.dividedBy(5).tanh().times(5).plus(score),
                (score, place) -> score.dividedBy(5).tanh(),
                (score, place) -> score.dividedBy(place.number(0)).tanh().times(place.number(0)));
        for (ScoreFunction other : others) {
            AttentionSpec spec = builder().score(other).scoreNumbers(1).build();
            assertSame(spec, spec.withFunctionsAsOptions(), spec.score().toString());
        }
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
