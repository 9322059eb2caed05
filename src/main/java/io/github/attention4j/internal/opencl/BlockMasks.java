package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionArrays;
import io.github.attention4j.AttentionSpec;
import io.github.attention4j.BlockMask;
import io.github.attention4j.BlockMaskPlan;
import io.github.attention4j.DType;
import io.github.attention4j.KernelBuildException;
import io.github.attention4j.Operand;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.internal.Backend;
import io.github.attention4j.internal.plan.BlockMaskLaunches;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the block masks of an engine: by kernels, or in Java where they may not. */
final class BlockMasks {
    private static final Logger LOG = LoggerFactory.getLogger(BlockMasks.class);
    private static final int KEPT = 256;

    private final ClContext context;
    private final ProgramCache programs;
    private final HostCalls calls;
    private final SelfCheck selfCheck;
    private final long maxAllocation;
    private final Supplier<Backend> java;
    private final ConcurrentHashMap<AttentionSpec, BlockMaskPlan> plans = new ConcurrentHashMap<>();

    BlockMasks(
            ClContext context,
            ProgramCache programs,
            HostCalls calls,
            SelfCheck selfCheck,
            long maxAllocation,
            Supplier<Backend> java) {
        this.context = context;
        this.programs = programs;
        this.calls = calls;
        this.selfCheck = selfCheck;
        this.maxAllocation = maxAllocation;
        this.java = java;
    }

    BlockMaskPlan plan(AttentionSpec spec) {
        BlockMaskPlan known = plans.get(spec);
        if (known == null) {
            known = decide(spec);
            if (plans.size() >= KEPT) {
                plans.clear();
            }
            plans.put(spec, known);
        }
        return known;
    }

    private BlockMaskPlan decide(AttentionSpec spec) {
        BlockMaskLaunches launches = new BlockMaskLaunches(spec, context.device);
        Optional<String> obstacle = obstacle(spec, launches);
        if (obstacle.isEmpty()) {
            try {
                obstacle = selfCheck.refusal(launches, spec);
                if (obstacle.isEmpty()) {
                    return new ClBlockMaskPlan(spec, launches, context, programs);
                }
            } catch (KernelBuildException e) {
                obstacle = Optional.of(e.getMessage());
            }
        }
        LOG.info("Block masks are made in Java: {}", obstacle.get());
        return new HostBlockMaskPlan(spec, java.get(), context, obstacle.get());
    }

    private Optional<String> obstacle(AttentionSpec spec, BlockMaskLaunches launches) {
        TensorSpec mask = spec.operand(Operand.BLOCK_MASK);
        long bytes = Math.max(launches.scratchBytes(), mask.extent() * DType.I32.bytes());
        return bytes <= maxAllocation
                ? Optional.empty()
                : Optional.of("a buffer of " + bytes + " bytes is needed, the largest has " + maxAllocation);
    }

    /** Of arrays that were checked. */
    BlockMask make(AttentionSpec spec, AttentionArrays arrays) {
        return plan(spec) instanceof ClBlockMaskPlan kernels
                ? kernels.make(calls.stream(), arrays)
                : java.get().blockMask(spec, arrays);
    }
}
