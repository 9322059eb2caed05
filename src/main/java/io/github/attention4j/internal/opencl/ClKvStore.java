package io.github.attention4j.internal.opencl;

import io.github.attention4j.AttentionSpec;
import io.github.attention4j.AttentionTensors;
import io.github.attention4j.DType;
import io.github.attention4j.DeviceException;
import io.github.attention4j.DeviceTensor;
import io.github.attention4j.KvCacheSpec;
import io.github.attention4j.Operand;
import io.github.attention4j.Stream;
import io.github.attention4j.TensorSpec;
import io.github.attention4j.UnsupportedByDeviceException;
import io.github.attention4j.internal.Shapes;
import io.github.attention4j.internal.cache.CacheSize;
import io.github.attention4j.internal.cache.IntList;
import io.github.attention4j.internal.cache.KvCall;
import io.github.attention4j.internal.cache.KvStore;
import io.github.attention4j.internal.kernel.KernelOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_kernel;

/**
 * A cache in buffers of the device. What changes is handed to kernels by value, in structs that mirror
 * {@code kernels/lib/cache/call.clh}: nothing is uploaded, so nothing waits, and nothing is allocated. For one thread
 * at a time.
 */
final class ClKvStore implements KvStore {
    /** {@code KV_SEQUENCES} and {@code KV_WRITES}. */
    private static final int SEQUENCES = 16;

    private static final int WRITES = 64;
    private static final int CHUNK = 32;
    private static final int APPEND_BYTES = (SEQUENCES * KvCall.ROW_FIELDS + 7) * Integer.BYTES;
    private static final int WRITE_BYTES = 2 * WRITES * Integer.BYTES;
    private static final Operand[] OPERANDS = {
        Operand.KEY, Operand.VALUE, Operand.KEY_SCALES, Operand.VALUE_SCALES, Operand.PAGE_TABLE, Operand.KEY_LENGTHS
    };
    private static final int KEY = 0;
    private static final int VALUE = 1;
    private static final int KEY_SCALES = 2;
    private static final int VALUE_SCALES = 3;
    private static final int TABLE = 4;
    private static final int LENGTHS = 5;
    private static final int COSINES = 6;
    private static final int SINES = 7;
    private static final int NEW_KEYS = 8;
    private static final int NEW_VALUES = 9;

    /** Of {@code kv_append}, in its order. */
    private static final int[] ARGUMENTS = {
        NEW_KEYS, NEW_VALUES, COSINES, SINES, TABLE, KEY, VALUE, KEY_SCALES, VALUE_SCALES, LENGTHS
    };

    private final KvCacheSpec spec;
    private final ClContext context;
    private final ProgramCache programs;
    private final ClProgram[] appending = new ClProgram[DType.values().length];
    private final ClProgram writing;
    /**
     * Those of {@link #OPERANDS} in their order, the rotary tables, and for the time of a call the new rows; null where
     * there are none.
     */
    private final ClTensor[] tensors = new ClTensor[NEW_VALUES + 1];

    private final ByteBuffer append = ByteBuffer.allocateDirect(APPEND_BYTES).order(ByteOrder.nativeOrder());
    private final ByteBuffer writes = ByteBuffer.allocateDirect(WRITE_BYTES).order(ByteOrder.nativeOrder());
    private final Pointer appendPointer = Pointer.to(append);
    private final Pointer writesPointer = Pointer.to(writes);
    private final long[] size = new long[3];
    private final long[] writeSize = new long[1];

    ClKvStore(KvCacheSpec spec, float[] cosines, float[] sines, ClContext context, ProgramCache programs) {
        this.spec = spec;
        this.context = context;
        this.programs = programs;
        writing = programs.get(KernelOptions.write());
        AttentionSpec attention = spec.applyTo(
                        AttentionSpec.builder().heads(spec.kvHeads()).queryLength(1))
                .build();
        try {
            for (int i = 0; i < OPERANDS.length; i++) {
                tensors[i] = attention.has(OPERANDS[i]) ? tensor(OPERANDS[i], attention.operand(OPERANDS[i])) : null;
            }
            if (spec.rotary() != null) {
                TensorSpec table = TensorSpec.dense(
                        DType.F32,
                        1,
                        1,
                        spec.rotary().positions(),
                        spec.rotary().dim() / 2);
                tensors[COSINES] = tensor(Operand.ROTARY_COS, table);
                tensors[SINES] = tensor(Operand.ROTARY_SIN, table);
            }
            fill(cosines, sines);
        } catch (RuntimeException | Error e) {
            Failures.closeAfter(e, this::close);
            throw e;
        }
    }

    private ClTensor tensor(Operand operand, TensorSpec tensor) {
        try {
            return ClTensor.make(
                    "cache", context, tensor.dtype(), tensor.batch(), tensor.heads(), tensor.rows(), tensor.rowUnits());
        } catch (UnsupportedByDeviceException e) {
            throw CacheSize.unsupported(spec, operand, tensor, e);
        } catch (DeviceException e) {
            throw CacheSize.failed(spec, operand, tensor, e);
        }
    }

    /** No keys yet; uploads are done when they return, whatever stream comes later. */
    private void fill(float[] cosines, float[] sines) {
        try (ClStream stream = ClStream.make("engine", context)) {
            tensors[LENGTHS].upload(stream, new int[spec.sequences()]);
            if (cosines != null) {
                tensors[COSINES].upload(stream, cosines);
                tensors[SINES].upload(stream, sines);
            }
        }
    }

    @Override
    public void addTo(AttentionTensors given) {
        for (int i = 0; i < OPERANDS.length; i++) {
            if (tensors[i] != null) {
                given.with(OPERANDS[i], tensors[i]);
            }
        }
    }

    @Override
    public void run(Stream stream, KvCall call, DeviceTensor keys, DeviceTensor values) {
        ClStream own = ClStream.of(stream, context);
        tensors[NEW_KEYS] =
                keys == null ? null : ClTensor.of("keys", keys, context).allowing("keys", true, false);
        tensors[NEW_VALUES] =
                values == null ? null : ClTensor.of("values", values, context).allowing("values", true, false);
        try {
            for (int i = KEY; i <= LENGTHS; i++) {
                Shapes.requireNotOfCache(OPERANDS[i], tensors[i], keys, values);
            }
            ClTensor.acquireAll(tensors);
            try {
                cl_command_queue queue = own.acquire(); // each command is put in its order
                try {
                    run(own, queue, call);
                } finally {
                    own.release();
                }
            } finally {
                ClTensor.releaseAll(tensors);
            }
        } finally {
            tensors[NEW_KEYS] = null;
            tensors[NEW_VALUES] = null;
        }
    }

    private void run(ClStream stream, cl_command_queue queue, KvCall call) {
        // What must be compiled is compiled before anything is enqueued.
        ClProgram appending = call.rows.size() == 0 ? null : appending(tensors[NEW_KEYS].dtype());
        for (int i = 0; i < call.copies.size(); i += 2) {
            for (int tensor = KEY; tensor <= VALUE_SCALES; tensor++) {
                if (tensors[tensor] != null) {
                    stream.order(queue);
                    tensors[tensor].copyEntry(queue, call.copies.get(i), call.copies.get(i + 1));
                }
            }
        }
        write(stream, queue, tensors[TABLE], call.table);
        write(stream, queue, tensors[LENGTHS], call.lengths);
        for (int i = 0; i < call.rows.size(); i += SEQUENCES * KvCall.ROW_FIELDS) {
            stream.order(queue);
            append(queue, appending, call, i, Math.min(call.rows.size(), i + SEQUENCES * KvCall.ROW_FIELDS));
        }
    }

    /** Kept here by type: looking one up makes its text first, which a token should not have to wait for. */
    private ClProgram appending(DType rows) {
        ClProgram program = appending[rows.ordinal()];
        if (program == null) {
            program = programs.get(KernelOptions.append(spec, rows));
            appending[rows.ordinal()] = program;
        }
        return program;
    }

    private void write(ClStream stream, cl_command_queue queue, ClTensor target, IntList pairs) {
        for (int i = 0; i < pairs.size(); i += 2 * WRITES) {
            int count = Math.min(WRITES, (pairs.size() - i) / 2);
            for (int j = 0; j < count; j++) {
                writes.putInt(j * Integer.BYTES, pairs.get(i + 2 * j));
                writes.putInt((WRITES + j) * Integer.BYTES, pairs.get(i + 2 * j + 1));
            }
            writeSize[0] = count;
            stream.order(queue);
            ClProgram program = writing;
            cl_kernel kernel = program.acquire();
            try {
                synchronized (program.lock) {
                    program.setArgument(kernel, 0, Sizeof.cl_mem, target.argument(), program);
                    Cl.setArgument(kernel, 1, WRITE_BYTES, writesPointer, program);
                    program.launch(queue, kernel, writeSize, null, null);
                }
            } finally {
                program.release();
            }
        }
    }

    private void append(cl_command_queue queue, ClProgram program, KvCall call, int from, int to) {
        append.clear();
        for (int i = from; i < to; i++) {
            append.putInt(call.rows.get(i));
        }
        int count = (to - from) / KvCall.ROW_FIELDS;
        append.position(SEQUENCES * KvCall.ROW_FIELDS * Integer.BYTES);
        append.putInt(count).putInt(spec.kvHeads()).putInt(call.headStep).putInt(call.rowStep);
        append.putInt(tensors[KEY].rows()).putInt(tensors[KEY].batch());
        append.putInt(tensors[TABLE] == null ? 0 : tensors[TABLE].rows());
        append.clear();
        size[0] = chunks(spec.headDim()) + chunks(spec.valueDim());
        size[1] = call.mostRows;
        size[2] = (long) count * spec.kvHeads();
        cl_kernel kernel = program.acquire();
        try {
            synchronized (program.lock) {
                int at = 0;
                for (int tensor : ARGUMENTS) {
                    Pointer argument = tensors[tensor] == null ? null : tensors[tensor].argument();
                    program.setArgument(kernel, at++, Sizeof.cl_mem, argument, program);
                }
                Cl.setArgument(kernel, at, APPEND_BYTES, appendPointer, program);
                program.launch(queue, kernel, size, null, null);
            }
        } finally {
            program.release();
        }
    }

    private static int chunks(int columns) {
        return (columns + CHUNK - 1) / CHUNK;
    }

    @Override
    public void close() {
        Failures failures = new Failures();
        for (ClTensor tensor : tensors) {
            if (tensor != null) {
                failures.close(tensor);
            }
        }
        failures.throwFirst();
    }
}
