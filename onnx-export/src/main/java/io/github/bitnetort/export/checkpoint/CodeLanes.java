package io.github.bitnetort.export.checkpoint;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Two-bit codes 0, 1, 2 of weights −1, 0, +1, and 3 for none: one in each byte of a long, eight worked on together. */
public final class CodeLanes {
    private static final long ONES = 0x0101010101010101L;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** The pairs of bits of a byte, each in a byte of its own. */
    private static final int[] PAIRS = new int[256];

    static {
        for (int i = 0; i < PAIRS.length; i++) {
            PAIRS[i] = i & 3 | (i & 3 << 2) << 6 | (i & 3 << 4) << 12 | (i & 3 << 6) << 18;
        }
    }

    private CodeLanes() {}

    /** The lowest two bits of each byte less 1: codes become weights, 3 becomes 2. */
    public static long weights(long codes) {
        return (codes & 3 * ONES | 0x80 * ONES) - ONES ^ 0x80 * ONES; // bit 7 keeps the subtraction in its byte
    }

    /** The weights of eight pairs of bits, the lowest first; see {@link #weights}. */
    public static long weightsOfPairs(int pairs) {
        return weights(PAIRS[pairs & 255] | (long) PAIRS[pairs >>> 8 & 255] << 32);
    }

    /** The weights of eight bits, the lowest first: 0 is −1, 1 is +1. */
    public static long weightsOfBits(int bits) {
        long lanes = ((bits & 255) * ONES & 0x8040201008040201L) + 0x7f * ONES; // bit 7 where a lane is not 0
        return weights(lanes >>> 6 & 2 * ONES);
    }

    /** Stores eight bytes. */
    public static void put(byte[] dst, int offset, long bytes) {
        LONGS.set(dst, offset, bytes);
    }

    /**
     * Turns bytes into the weights of their codes at bit {@code shift}, as {@link #weights} does.
     *
     * @return whether a code is 3
     */
    public static boolean toWeights(byte[] bytes, int offset, int count, int shift) {
        long invalid = 0;
        int i = offset;
        for (; i + Long.BYTES <= offset + count; i += Long.BYTES) {
            long codes = (long) LONGS.get(bytes, i) >>> shift;
            invalid |= codes & codes >>> 1 & ONES;
            LONGS.set(bytes, i, weights(codes));
        }
        for (; i < offset + count; i++) {
            int code = bytes[i] >> shift & 3;
            invalid |= code & code >> 1;
            bytes[i] = (byte) (code - 1);
        }
        return (invalid & ONES) != 0;
    }

    /** Where in bytes −1, 0, 1 and 2 the first 2 is, from {@code offset}; −1 where there is none. */
    public static int firstInvalid(byte[] weights, int offset, int count) {
        int i = 0;
        while (i + Long.BYTES <= count && !anyInvalid((long) LONGS.get(weights, offset + i))) {
            i += Long.BYTES;
        }
        while (i < count && weights[offset + i] != 2) {
            i++;
        }
        return i < count ? i : -1;
    }

    private static boolean anyInvalid(long weights) {
        return (weights >>> 1 & ~weights & ONES) != 0;
    }
}
