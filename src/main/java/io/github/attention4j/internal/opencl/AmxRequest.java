package io.github.attention4j.internal.opencl;

import io.github.attention4j.DType;
import io.github.attention4j.DeviceException;
import io.github.attention4j.Instruction;
import io.github.attention4j.internal.device.AmxPermission;
import io.github.attention4j.internal.kernel.KernelOptions;
import java.util.Optional;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_kernel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for the permission that a process needs before its first instruction of AMX, which else ends it; the first time
 * that a plan would use the unit, for it also changes what the whole process may do: see
 * {@link io.github.attention4j.EngineOptions#withAmx}.
 */
final class AmxRequest {
    private static final Logger LOG = LoggerFactory.getLogger(AmxRequest.class);
    private static final long[] ONE = {1, 1, 1};

    private final ClContext context;
    private final ProgramCache programs;
    /** Null until it is asked for. */
    private Optional<String> obstacle;

    AmxRequest(ClContext context, ProgramCache programs) {
        this.context = context;
        this.programs = programs;
    }

    /** Why an instruction is not permitted, or empty; all but AMX's are. Of a device that is known to have it. */
    synchronized Optional<String> obstacle(Instruction instruction) {
        if (!instruction.isOfAmx()) {
            return Optional.empty();
        }
        if (obstacle == null) {
            try {
                AmxPermission permission = ask();
                LOG.debug("{} on {}", permission, context.device.name());
                obstacle = permission.obstacle();
            } catch (DeviceException e) { // a kernel that does not build among them
                obstacle = Optional.of("whether this process may use AMX could not be asked: "
                        + e.getMessage().lines().findFirst().orElse("no reason was given"));
            }
        }
        return obstacle;
    }

    /** The answer; asking again changes nothing. */
    AmxPermission ask() {
        int[] answer = new int[4];
        ClProgram program = programs.get(KernelOptions.amxPermission());
        try (ClStream stream = ClStream.make(context);
                ClTensor tensor = ClTensor.make(context, null, DType.I32, 1, 1, 1, answer.length)) {
            tensor.acquire();
            try {
                cl_command_queue queue = stream.begin();
                try {
                    launch(queue, program, tensor);
                } finally {
                    stream.release();
                }
            } finally {
                tensor.release();
            }
            tensor.download(stream, answer, 0);
        }
        return AmxPermission.of(answer);
    }

    private static void launch(cl_command_queue queue, ClProgram program, ClTensor answer) {
        cl_kernel kernel = program.acquire();
        try {
            synchronized (program.lock) {
                Cl.setArgument(kernel, 0, Sizeof.cl_mem, answer.argument(), program);
                program.launch(queue, kernel, ONE, ONE, null);
            }
        } finally {
            program.release();
        }
    }
}
