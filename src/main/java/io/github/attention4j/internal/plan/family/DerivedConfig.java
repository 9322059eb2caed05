package io.github.attention4j.internal.plan.family;

import io.github.attention4j.Device;
import io.github.attention4j.Instruction;
import io.github.attention4j.KernelFamily;

/** Tiles that are multiplied as those of another configuration, with something else around the products. */
public interface DerivedConfig extends TileConfig {
    /** What multiplies. */
    TileConfig products();

    @Override
    default KernelFamily family() {
        return products().family();
    }

    @Override
    default String kernelName() {
        return products().kernelName();
    }

    @Override
    default String compilerFlags() {
        return products().compilerFlags();
    }

    @Override
    default Instruction instruction() {
        return products().instruction();
    }

    @Override
    default boolean hasAssembly() {
        return products().hasAssembly();
    }

    @Override
    default boolean hasMarkedInstructions() {
        return products().hasMarkedInstructions();
    }

    @Override
    default int tileQ() {
        return products().tileQ();
    }

    @Override
    default int queryStep() {
        return products().queryStep();
    }

    @Override
    default int workItems() {
        return products().workItems();
    }

    @Override
    default long localMemory(Device device) {
        return products().localMemory(device);
    }
}
