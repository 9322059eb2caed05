package io.github.attention4j.internal.opencl;

import io.github.attention4j.DType;
import io.github.attention4j.DeviceException;
import io.github.attention4j.Instruction;
import io.github.attention4j.internal.device.UnitRate;
import io.github.attention4j.internal.kernel.KernelSource;
import io.github.attention4j.internal.plan.UnitProgram;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures what a processor's instructions for short numbers are worth beside multiply-adds of floats, in a few
 * milliseconds, with the functions that the kernels multiply by. What was measured is kept beside the compiled
 * programs.
 */
final class UnitProbe {
    private static final Logger LOG = LoggerFactory.getLogger(UnitProbe.class);
    /** By device, driver and instruction: engines of one process agree even where nothing is kept on disk. */
    private static final Map<String, UnitRate> KNOWN = new ConcurrentHashMap<>();

    /** Sums of a round, in {@code unit_rate.cl}. */
    private static final int SUMS = 16;

    private static final int LEAST_ROUNDS = 1 << 12;
    private static final int MOST_ROUNDS = 1 << 22;
    /** Long beside the start of a kernel, and short beside the time that a thread is left on its core. */
    private static final long ENOUGH_NANOS = 100_000;

    /** The shortest time of each way counts: in it nothing else ran on the core. */
    private static final int REPETITIONS = 10;
    /** How often a no is looked at again, for an instruction is slow on a core that is shared, too. */
    private static final int SECOND_LOOKS = 3;

    /** Two neighbouring bf16, 1.0 each, and as a float nearly as much. */
    private static final int ONES = 0x3f803f80;

    private final ClContext context;
    private final ProgramCache programs;

    UnitProbe(ClContext context, ProgramCache programs) {
        this.context = context;
        this.programs = programs;
    }

    /** Of an instruction that the device has. */
    UnitRate rate(Instruction instruction) {
        String key = "unit rate\n" + instruction + "\n" + KernelSource.of("unit_rate");
        String everywhere = programs.key("", key);
        UnitRate known = KNOWN.get(everywhere);
        if (known != null) {
            return known;
        }
        synchronized (KNOWN) { // one at a time: two would disturb each other
            known = KNOWN.get(everywhere);
            if (known == null) {
                known = programs.recall(key).flatMap(UnitProbe::unpack).orElse(null);
                if (known == null) {
                    known = measure(instruction);
                    if (known.failure().isEmpty()) {
                        programs.remember(key, pack(known));
                    }
                }
                KNOWN.put(everywhere, known);
            }
            return known;
        }
    }

    private UnitRate measure(Instruction instruction) {
        long begin = System.nanoTime();
        UnitRate rate;
        try (ClStream stream = ClStream.make(context);
                ClTensor out = ClTensor.make(context, null, DType.F32, 1, 1, SUMS, UnitProgram.LANES)) {
            rate = measure(instruction, stream, out);
        } catch (DeviceException e) { // one that does not build among them
            LOG.warn(
                    "What {} is worth on {} could not be measured, so it is not taken: {}. Please report this with the"
                            + " driver's version, {}.",
                    instruction,
                    context.device.name(),
                    e.getMessage(),
                    context.device.driver());
            rate = UnitRate.failed(e.getMessage().lines().findFirst().orElse("no reason was given"));
        }
        LOG.debug(
                "{} on {}: {}, in {} us", instruction, context.device.name(), rate, (System.nanoTime() - begin) / 1000);
        return rate;
    }

    private UnitRate measure(Instruction instruction, ClStream stream, ClTensor out) {
        UnitProgram unit = UnitProgram.of(instruction);
        ClProgram program = programs.get(unit.options());
        int rounds = LEAST_ROUNDS;
        while (rounds < MOST_ROUNDS && nanos(program, rounds, 0, stream, out) < ENOUGH_NANOS) {
            rounds *= 2;
        }
        double products = (double) rounds * SUMS * UnitProgram.LANES;
        long floatNanos = Long.MAX_VALUE;
        long unitNanos = Long.MAX_VALUE;
        UnitRate rate = null;
        for (int look = 0; look <= SECOND_LOOKS && (rate == null || !rate.isWorthIt(instruction)); look++) {
            for (int i = 0; i < REPETITIONS; i++) {
                floatNanos = Math.min(floatNanos, nanos(program, rounds, 0, stream, out));
                unitNanos = Math.min(unitNanos, nanos(program, 0, rounds, stream, out));
            }
            rate = new UnitRate(unit.wordProducts() * products / unitNanos, products / floatNanos);
        }
        return rate;
    }

    /** How long the device takes for so many rounds of multiply-adds of floats, and of the instruction. */
    long nanos(ClProgram program, int floatRounds, int rounds, ClStream stream, ClTensor out) {
        cl_event[] event = {new cl_event()};
        out.acquire();
        try {
            cl_command_queue queue = stream.begin();
            try {
                launch(queue, event[0], program, floatRounds, rounds, out);
            } finally {
                stream.release();
            }
        } catch (RuntimeException | Error e) {
            Release.made(event, program, e);
            throw e;
        } finally {
            out.release();
        }
        try (ClEvent ended = ClEvent.of(event, new Object[] {program}, context)) {
            return Math.max(1, ended.deviceNanos());
        }
    }

    private static void launch(
            cl_command_queue queue, cl_event event, ClProgram program, int floatRounds, int rounds, ClTensor out) {
        Pointer ones = Pointer.to(new int[] {ONES});
        cl_kernel kernel = program.acquire();
        try {
            synchronized (program.lock) {
                Cl.setArgument(kernel, 0, Sizeof.cl_mem, out.argument(), program);
                Cl.setArgument(kernel, 1, Sizeof.cl_int, Pointer.to(new int[] {floatRounds}), program);
                Cl.setArgument(kernel, 2, Sizeof.cl_int, Pointer.to(new int[] {rounds}), program);
                Cl.setArgument(kernel, 3, Sizeof.cl_float, ones, program);
                Cl.setArgument(kernel, 4, Sizeof.cl_float, ones, program);
                program.launch(queue, kernel, new long[] {1, 1, 1}, new long[] {1, 1, 1}, event);
            }
        } finally {
            program.release();
        }
    }

    private static byte[] pack(UnitRate rate) {
        return ByteBuffer.allocate(2 * Double.BYTES)
                .putDouble(rate.products())
                .putDouble(rate.floats())
                .array();
    }

    private static Optional<UnitRate> unpack(byte[] note) {
        ByteBuffer numbers = ByteBuffer.wrap(note);
        return note.length == 2 * Double.BYTES
                ? Optional.of(new UnitRate(numbers.getDouble(), numbers.getDouble()))
                : Optional.empty();
    }
}
