package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DeviceException;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.JavaSide;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.kernel.KernelSource;
import io.github.attention4j.internal.plan.Choice;
import io.github.attention4j.internal.plan.family.TileConfig;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds drivers that give wrong answers. Before the first use of a way to compute on a driver and device that nobody
 * has tested, the plan's own program computes a small attention, which the reference in Java computes too; a way that
 * fails is not used on this engine. What passed is remembered beside the compiled programs.
 *
 * <p>A way is a kernel with a type of keys and the instructions that it is written with: the rest of a program's
 * options are sizes.
 */
final class SelfCheck {
    private static final Logger LOG = LoggerFactory.getLogger(SelfCheck.class);
    private static final String PASSED = "";
    private static final byte[] REMEMBERED = {1};
    private final ClContext context;
    private final ProgramCache programs;
    /** Null to check nothing. */
    private final JavaSide java;
    /** By way, why it is not used, or {@link #PASSED}. */
    private final ConcurrentHashMap<String, String> verdicts = new ConcurrentHashMap<>();

    SelfCheck(ClContext context, ProgramCache programs, JavaSide java) {
        this.context = context;
        this.programs = programs;
        this.java = java;
    }

    /** Why programs like this one are not used on this engine, as far as is known; nothing is run. */
    Optional<String> refusal(KernelOptions options, TileConfig tiles) {
        if (!isNeeded(tiles)) {
            return Optional.empty();
        }
        String verdict = verdicts.get(options.way());
        return verdict == null || verdict.equals(PASSED) ? Optional.empty() : Optional.of(verdict);
    }

    /**
     * Whether a decision may be used; runs the check if that is not known. The reason of a no is {@link #refusal} from
     * then on.
     */
    boolean passes(AttentionSpec spec, Choice choice) {
        if (!isNeeded(choice.tiles())) {
            return true;
        }
        String way = choice.options().way();
        String verdict = verdicts.get(way);
        if (verdict == null) {
            synchronized (verdicts) { // one at a time: another thread's plan waits for the same answer
                verdict = verdicts.get(way);
                if (verdict == null) {
                    verdict = judge(spec, choice, way);
                    verdicts.put(way, verdict);
                }
            }
        }
        return verdict.equals(PASSED);
    }

    private boolean isNeeded(TileConfig tiles) {
        return java != null && !context.quirks.tested().contains(tiles.family());
    }

    private String judge(AttentionSpec spec, Choice choice, String way) {
        String key =
                "self-check\n" + way + "\n" + KernelSource.of(choice.options().kernel());
        if (programs.remembers(key)) {
            return PASSED;
        }
        long begin = System.nanoTime();
        String problem = run(spec, choice);
        LOG.debug("self-check of {}: {} in {} us", way, problem, (System.nanoTime() - begin) / 1000);
        if (problem == null) {
            programs.remember(key, REMEMBERED);
            return PASSED;
        }
        KernelFamily family = choice.tiles().family();
        String refusal =
                "the self-check of " + family + " (" + way + ") failed, so it is not used on this engine: " + problem;
        LOG.warn(
                "{}, driver {}: {}. Please report this with the driver's version; another driver or AttentionEngine.open(\"java\")"
                        + " gives right answers.",
                context.device.name(),
                context.quirks.driver(),
                refusal);
        return refusal;
    }

    /** What is wrong, or null. */
    private String run(AttentionSpec spec, Choice choice) {
        try {
            return SmallAttention.of(spec, choice.tiles()).problem(choice, context, programs, java);
        } catch (DeviceException e) {
            return e.getMessage();
        }
    }
}
