package io.github.attention4j.internal.java.memory;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;

/** The kinds of arrays that hold elements, and direct buffers seen as such; positions count elements of the array. */
enum Carrier {
    FLOATS(float[].class) {
        @Override
        Object allocate(int length) {
            return new float[length];
        }

        @Override
        Buffer view(ByteBuffer buffer) {
            return buffer.asFloatBuffer();
        }

        @Override
        void get(Buffer view, int at, Object array, int arrayAt, int count) {
            ((FloatBuffer) view).get(at, (float[]) array, arrayAt, count);
        }

        @Override
        void put(Buffer view, int at, Object array, int arrayAt, int count) {
            ((FloatBuffer) view).put(at, (float[]) array, arrayAt, count);
        }
    },
    SHORTS(short[].class) {
        @Override
        Object allocate(int length) {
            return new short[length];
        }

        @Override
        Buffer view(ByteBuffer buffer) {
            return buffer.asShortBuffer();
        }

        @Override
        void get(Buffer view, int at, Object array, int arrayAt, int count) {
            ((ShortBuffer) view).get(at, (short[]) array, arrayAt, count);
        }

        @Override
        void put(Buffer view, int at, Object array, int arrayAt, int count) {
            ((ShortBuffer) view).put(at, (short[]) array, arrayAt, count);
        }
    },
    INTS(int[].class) {
        @Override
        Object allocate(int length) {
            return new int[length];
        }

        @Override
        Buffer view(ByteBuffer buffer) {
            return buffer.asIntBuffer();
        }

        @Override
        void get(Buffer view, int at, Object array, int arrayAt, int count) {
            ((IntBuffer) view).get(at, (int[]) array, arrayAt, count);
        }

        @Override
        void put(Buffer view, int at, Object array, int arrayAt, int count) {
            ((IntBuffer) view).put(at, (int[]) array, arrayAt, count);
        }
    },
    BYTES(byte[].class) {
        @Override
        Object allocate(int length) {
            return new byte[length];
        }

        @Override
        Buffer view(ByteBuffer buffer) {
            return buffer;
        }

        @Override
        void get(Buffer view, int at, Object array, int arrayAt, int count) {
            ((ByteBuffer) view).get(at, (byte[]) array, arrayAt, count);
        }

        @Override
        void put(Buffer view, int at, Object array, int arrayAt, int count) {
            ((ByteBuffer) view).put(at, (byte[]) array, arrayAt, count);
        }
    };

    private final Class<?> arrayType;

    Carrier(Class<?> arrayType) {
        this.arrayType = arrayType;
    }

    /** That of arrays of a type. */
    static Carrier of(Class<?> arrayType) {
        for (Carrier carrier : values()) {
            if (carrier.arrayType == arrayType) {
                return carrier;
            }
        }
        throw new IllegalStateException("no elements lie in " + arrayType.getSimpleName());
    }

    /** An array of zeros. */
    abstract Object allocate(int length);

    /** The bytes of a buffer from its start on, in its order. */
    abstract Buffer view(ByteBuffer buffer);

    /** Copies out of a view. */
    abstract void get(Buffer view, int at, Object array, int arrayAt, int count);

    /** Copies into a view. */
    abstract void put(Buffer view, int at, Object array, int arrayAt, int count);
}
