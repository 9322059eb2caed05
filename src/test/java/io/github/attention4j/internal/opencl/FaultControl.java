package io.github.attention4j.internal.opencl;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The file by which a test talks to {@code src/test/native/faults.c}, which stands in for the OpenCL library; field by
 * field as there.
 */
final class FaultControl {
    private static final int ARMED = 0;
    private static final int CODE = 4;
    private static final int ODD = 8;
    private static final int CALLS = 12;
    private static final int HITS = 16;
    private static final int LIVE = 20;
    private static final int KINDS = 6;
    private static final int CALL = LIVE + 4 * KINDS;
    private static final int CALL_BYTES = 64;

    private final MappedByteBuffer memory;

    /** Over a file, which is made if it is not there: before the library is loaded, that is. */
    FaultControl(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, CALL + CALL_BYTES);
            memory.order(ByteOrder.nativeOrder());
        }
    }

    /** The n-th call from now on, from 1, will return this code; or with {@code odd} succeed and answer nonsense. */
    void arm(int n, int code, boolean odd) {
        memory.putInt(ARMED, 0);
        memory.put(CALL, new byte[CALL_BYTES]);
        memory.putInt(CODE, code).putInt(ODD, odd ? 1 : 0).putInt(CALLS, 0).putInt(HITS, 0);
        memory.putInt(ARMED, n);
    }

    void disarm() {
        memory.putInt(ARMED, 0);
    }

    /** Whether there was an n-th call. */
    boolean wasHit() {
        return memory.getInt(HITS) > 0;
    }

    /** Which it was. */
    String call() {
        byte[] name = new byte[CALL_BYTES];
        memory.get(CALL, name);
        return new String(name, StandardCharsets.US_ASCII).trim();
    }

    /**
     * References to the driver's objects that were given out and not given back: contexts, queues, buffers, programs,
     * kernels, events.
     */
    String live() {
        int[] live = new int[KINDS];
        for (int i = 0; i < KINDS; i++) {
            live[i] = memory.getInt(LIVE + 4 * i);
        }
        return Arrays.toString(live);
    }
}
