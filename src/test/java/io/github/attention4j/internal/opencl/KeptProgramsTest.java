package io.github.attention4j.internal.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionEngine;
import io.github.attention4j.AttentionPlan;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DType;
import io.github.attention4j.Device;
import io.github.attention4j.EngineOptions;
import io.github.attention4j.Operand;
import io.github.attention4j.internal.device.Quirks;
import io.github.attention4j.testing.Budget;
import io.github.attention4j.testing.CachedKeys;
import io.github.attention4j.testing.DotEngines;
import io.github.attention4j.testing.Elements;
import io.github.attention4j.testing.Engines;
import io.github.attention4j.testing.HostArrays;
import io.github.attention4j.testing.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With compiled programs kept, as by default, a driver is asked for those that it can give. PoCL 4 to 6 end the process
 * when they are asked for one with inline assembly, which is what processors with dot products of bf16 or bytes get.
 */
@Tag("opencl")
class KeptProgramsTest {
    @TempDir
    Path folder;

    private final Quirks quirks = quirks();

    private static Quirks quirks() {
        Device device = AttentionEngine.devices().get(0);
        return Quirks.of(device);
    }

    private AttentionEngine open() {
        return AttentionEngine.open(
                Engines.openClDevice(), EngineOptions.defaults().withCacheDirectory(folder));
    }

    /** Programs, and what is remembered of checks. */
    private long files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    @Test
    void attentionOfBf16() throws IOException {
        AttentionSpec spec = AttentionSpec.builder()
                .heads(2)
                .sequenceLength(50)
                .headDim(16)
                .types(DType.BF16)
                .causal()
                .build();
        for (int i = 0; i < 2; i++) {
            try (AttentionEngine engine = open()) {
                AttentionPlan plan = engine.plan(spec);
                Problem problem = Problem.of(spec);
                AttentionArrays outputs = problem.outputs();
                engine.attend(spec, HostArrays.all(problem.inputs(), outputs));
                if (DotEngines.isRounding(plan)) {
                    Budget.checkRounded("bf16", spec, DotEngines.rounded(spec, problem.inputs()), outputs);
                } else {
                    Budget.check("bf16", spec, problem.inputs(), outputs);
                }
                says(plan, "DOT=2");
            }
        }
    }

    @Test
    void decodingWithACacheOfBytes() throws IOException {
        AttentionSpec dense = AttentionSpec.builder()
                .heads(2)
                .kvHeads(1)
                .queryLength(1)
                .keyLength(100)
                .headDim(64)
                .keyLengths()
                .build();
        AttentionSpec cached = dense.toBuilder()
                .type(Operand.KEY, DType.I8)
                .type(Operand.VALUE, DType.I8)
                .build();
        CachedKeys keys = new CachedKeys(dense, cached, new int[] {97}, 3);
        for (int i = 0; i < 2; i++) {
            try (AttentionEngine engine = open()) {
                AttentionArrays outputs = new AttentionArrays();
                HostArrays.put(outputs, Operand.OUT, Elements.poisoned(cached.operand(Operand.OUT)));
                engine.attend(cached, HostArrays.all(keys.stored(), outputs));
                Budget.check("bytes", dense, keys.dense(), outputs);
                says(engine.plan(cached), "BYTE_DOT=2");
            }
        }
    }

    /** What is kept, and that the plan says so. */
    private void says(AttentionPlan plan, String macro) throws IOException {
        boolean hasAssembly = plan.explain().contains(macro);
        assertEquals(
                quirks.binaries() == Quirks.Binaries.NONE,
                plan.explain().contains("compiled programs are not kept: "),
                plan.explain());
        boolean isChecked = !quirks.tested().contains(plan.family());
        int remembered = isChecked ? 1 : 0;
        assertEquals(quirks.givesBinary(hasAssembly), files() > remembered, plan.explain());
    }
}
