package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.DeviceException;
import io.github.attention4j.KernelFamily;
import io.github.attention4j.internal.JavaSide;
import io.github.attention4j.internal.kernel.KernelOptions;
import io.github.attention4j.internal.kernel.KernelSource;
import io.github.attention4j.internal.plan.BlockMaskLaunches;
import io.github.attention4j.internal.plan.Choice;
import io.github.attention4j.internal.plan.layers.LayerChoice;
import io.github.attention4j.internal.plan.layers.LayerLaunch;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds drivers that give wrong answers. Before the first use of a way to compute on a driver and device that nobody
 * has tested, or of a way that nobody has tested anywhere, the plan's own program computes a small attention, which the
 * reference in Java computes too; a way that fails is not used on this engine. What passed is remembered beside the
 * compiled programs.
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

    /** What computes a small problem by a way: what is wrong with the answer, or null. */
    private interface Check {
        String problem();
    }

    /** Why programs like this one are not used on this engine, as far as is known; nothing is run. */
    Optional<String> refusal(KernelOptions options, KernelFamily family) {
        if (!isNeeded(family, options)) {
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
        KernelFamily family = choice.tiles().family();
        return !isNeeded(family, choice.options())
                || passes(family, choice.options(), () -> SmallAttention.of(spec, choice.tiles())
                        .problem(choice, context, programs, java));
    }

    /** Likewise of a layer, each of its kernels by itself. */
    boolean passes(LayerChoice choice) {
        for (int i = 0; i < choice.launches().size(); i++) {
            LayerLaunch launch = choice.launches().get(i);
            int number = i;
            if (isNeeded(launch.family(), launch.kernel())
                    && !passes(launch.family(), launch.kernel(), () -> new SmallLayer(choice, number)
                            .problem(context, programs, java))) {
                return false;
            }
        }
        return true;
    }

    /** Why kernels that make block masks may not be used, or empty; runs the check if that is not known. */
    Optional<String> refusal(BlockMaskLaunches launches, AttentionSpec spec) {
        KernelOptions options = launches.search().kernel();
        KernelFamily family = launches.isOnProcessor() ? KernelFamily.LANES : KernelFamily.TILES;
        if (isNeeded(family, options)) {
            passes(family, options, () -> new SmallBlockMask(spec).problem(context, programs, java));
        }
        return refusal(options, family);
    }

    private boolean passes(KernelFamily family, KernelOptions options, Check check) {
        String way = options.way();
        String verdict = verdicts.get(way);
        if (verdict == null) {
            synchronized (verdicts) { // one at a time: another thread's plan waits for the same answer
                verdict = verdicts.get(way);
                if (verdict == null) {
                    verdict = judge(family, options, check);
                    verdicts.put(way, verdict);
                }
            }
        }
        return verdict.equals(PASSED);
    }

    private boolean isNeeded(KernelFamily family, KernelOptions options) {
        return java != null
                && (options.isExperimental() || !context.quirks.tested().contains(family));
    }

    private String judge(KernelFamily family, KernelOptions options, Check check) {
        String way = options.way();
        String key = "self-check\n" + way + "\n" + KernelSource.of(options.kernel());
        if (programs.remembers(key)) {
            return PASSED;
        }
        long begin = System.nanoTime();
        String problem = run(check);
        LOG.debug("self-check of {}: {} in {} us", way, problem, (System.nanoTime() - begin) / 1000);
        if (problem == null) {
            programs.remember(key, REMEMBERED);
            return PASSED;
        }
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

    private static String run(Check check) {
        try {
            return check.problem();
        } catch (DeviceException e) {
            return e.getMessage();
        }
    }
}
