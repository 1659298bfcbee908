package io.github.bitnetort.tests.op;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/** Direct buffers in native byte order, as the native library takes them. */
public final class DirectBuffers {
    private DirectBuffers() {}

    public static ByteBuffer of(byte[] values) {
        return bytes(values.length).put(0, values);
    }

    public static ShortBuffer of(short[] values) {
        return bytes(Short.BYTES * values.length).asShortBuffer().put(0, values);
    }

    public static IntBuffer of(int[] values) {
        return bytes(Integer.BYTES * values.length).asIntBuffer().put(0, values);
    }

    public static LongBuffer of(long[] values) {
        return bytes(Long.BYTES * values.length).asLongBuffer().put(0, values);
    }

    public static FloatBuffer of(float[] values) {
        return bytes(Float.BYTES * values.length).asFloatBuffer().put(0, values);
    }

    /** What a buffer holds from 0 to its limit, in a new array. */
    public static float[] toArray(FloatBuffer buffer) {
        float[] values = new float[buffer.limit()];
        buffer.get(0, values);
        return values;
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocateDirect(count).order(ByteOrder.nativeOrder());
    }
}
