package io.github.bitnetort.generate;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/** Direct buffers, which tensors wrap without a copy, left to the garbage collector. */
final class DirectBuffers {
    private DirectBuffers() {}

    /**
     * @param what named in the error
     * @throws IllegalArgumentException when one buffer of Java cannot be so large
     */
    static FloatBuffer floats(String what, long count) {
        return bytes(what, count, Float.BYTES).asFloatBuffer();
    }

    static LongBuffer longs(String what, long count) {
        return bytes(what, count, Long.BYTES).asLongBuffer();
    }

    private static ByteBuffer bytes(String what, long count, int size) {
        return ByteBuffer.allocateDirect(size(what, count, size)).order(ByteOrder.nativeOrder());
    }

    /** Bytes of so many elements. */
    static int size(String what, long count, int size) {
        long bytes = Math.multiplyExact(count, size);
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(what + ": found a need of " + bytes
                    + " bytes, wanted at most 2147483647 in one buffer: use fewer or shorter sequences");
        }
        return (int) bytes;
    }
}
