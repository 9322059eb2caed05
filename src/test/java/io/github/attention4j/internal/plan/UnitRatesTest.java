package io.github.attention4j.internal.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Instruction;
import io.github.attention4j.Operand;
import io.github.attention4j.Precision;
import io.github.attention4j.internal.device.UnitRate;
import io.github.attention4j.internal.device.UnitRates;
import io.github.attention4j.internal.plan.layers.LayerPlanner;
import io.github.attention4j.layers.LinearSpec;
import io.github.attention4j.testing.SomeDevice;
import java.util.EnumSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Instructions for short numbers are taken where they are measured to be faster than floats, and nowhere else. */
class UnitRatesTest {
    private static final EngineOptions OPTIONS = EngineOptions.defaults().withCacheDirectory(null);
    private static final Device PROCESSOR =
            SomeDevice.of(Device.Type.CPU, "some processor", 4096, 512 << 10, 16, "", "VDPBF16PS");
    /** As AMD's Zen 4 has them. */
    private static final UnitRates FAST = rates(160, 320, 80);
    /** As Intel's Sapphire Rapids has the first. */
    private static final UnitRates SLOW = rates(44.5, 90, 90);

    private static UnitRates rates(double pairs, double bytes, double floats) {
        return new UnitRates(instruction -> new UnitRate(instruction == Instruction.VPDPBUSD ? bytes : pairs, floats));
    }

    private static final UnitRates FAILED = new UnitRates(instruction -> UnitRate.failed("no such kernel"));

    private static AttentionSpec spec(DType type) {
        return AttentionSpec.builder()
                .heads(4)
                .sequenceLength(100)
                .headDim(64)
                .types(type)
                .build();
    }

    private static AttentionSpec backward() {
        return spec(DType.BF16).backward(Operand.QUERY, Operand.KEY, Operand.VALUE);
    }

    private static AttentionSpec bytes() {
        return spec(DType.F32).toBuilder()
                .queryLength(1)
                .type(Operand.KEY, DType.I8)
                .type(Operand.VALUE, DType.I8)
                .build();
    }

    private static String explain(AttentionSpec spec, UnitRates rates) {
        return new Planner(PROCESSOR, OPTIONS, rates)
                .choose(spec, (kernel, tiles) -> Optional.empty())
                .explanation();
    }

    private static String explain(LinearSpec spec, UnitRates rates) {
        return new LayerPlanner(PROCESSOR, OPTIONS, rates)
                .choose(spec, (kernel, family, items, lanes) -> Optional.empty())
                .explanation();
    }

    private static void check(boolean taken, String macro, String rates, String explained) {
        assertTrue(explained.contains("-D " + macro + "=" + (taken ? 2 : 0)), explained);
        assertTrue(explained.contains(rates), explained);
    }

    @Test
    void pairsAreTakenWhereTheyAreFasterThanFloats() {
        String fast = "\nvdpbf16ps makes 160.0 billion products a second on a core, multiply-adds of floats 80.0";
        String slow = ": vdpbf16ps makes 44.5 billion products a second on a core, multiply-adds of floats 90.0";
        String failed = ": what vdpbf16ps is worth here could not be measured: no such kernel";
        for (AttentionSpec spec : new AttentionSpec[] {spec(DType.BF16), backward()}) {
            check(true, "DOT", fast, explain(spec, FAST));
            check(false, "DOT", slow, explain(spec, SLOW));
            check(false, "DOT", failed, explain(spec, FAILED));
        }
        LinearSpec linear = LinearSpec.builder()
                .rows(100)
                .inFeatures(64)
                .outFeatures(64)
                .precision(Precision.BF16)
                .build();
        check(true, "DOT", fast, explain(linear, FAST));
        check(false, "DOT", slow, explain(linear, SLOW));
        check(false, "DOT", failed, explain(linear, FAILED));
    }

    /** Three of their products take the place of one of floats. */
    @Test
    void bytesAreTakenWhereThreeOfThemAreFasterThanFloats() {
        check(true, "BYTE_DOT", "320.0 billion products a second on a core, 3 for one,", explain(bytes(), FAST));
        check(false, "BYTE_DOT", "multiply-adds of floats 90.0", explain(bytes(), rates(180, 270, 90)));
    }

    /** They round: what is as fast as floats is not worth it. */
    @Test
    void aDrawGoesToFloats() {
        check(false, "DOT", "90.0", explain(spec(DType.BF16), rates(90, 0, 90)));
    }

    /** A plan that would not take it does not wait for a measurement, and none is made of what is not there. */
    @Test
    void onlyWhatAPlanWouldTakeIsMeasured() {
        EnumSet<Instruction> asked = EnumSet.noneOf(Instruction.class);
        UnitRates rates = new UnitRates(instruction -> {
            asked.add(instruction);
            return new UnitRate(2, 1);
        });
        explain(spec(DType.F32), rates);
        explain(LinearSpec.builder().rows(100).inFeatures(64).outFeatures(64).build(), rates);
        Device without = SomeDevice.of(Device.Type.CPU, "another processor", 4096, 512 << 10, 16);
        new Planner(without, OPTIONS, rates).choose(spec(DType.BF16), (kernel, tiles) -> Optional.empty());
        assertEquals(EnumSet.noneOf(Instruction.class), asked);
        explain(spec(DType.BF16), rates);
        assertEquals(EnumSet.of(Instruction.VDPBF16PS), asked);
        assertFalse(explain(spec(DType.F32), rates).contains("billion"));
    }
}
