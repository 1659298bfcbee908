package io.github.bitnetort.ops;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Weights −1, 0, +1 in the bytes of a word, the first the least significant, worked on together. */
final class WeightLanes {
    static final int ONES = 0x01010101;

    private static final long LONG_ONES = 0x0101010101010101L;
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private WeightLanes() {}

    /** Four weights. */
    static int four(byte[] weights, int first) {
        return (int) INTS.get(weights, first);
    }

    /** Stores four bytes. */
    static void putFour(byte[] dst, int first, int bytes) {
        INTS.set(dst, first, bytes);
    }

    /** Eight weights. */
    static long eight(byte[] weights, int first) {
        return (long) LONGS.get(weights, first);
    }

    /**
     * Weight + 1 of each byte, of which the two bits from {@code shift} on hold it less {@code less}: less is 1 for
     * weights, whose lowest two bits are 3, 0 and 1, and 0 for codes. No byte carries.
     */
    static long digits(long lanes, int shift, int less) {
        return (lanes >>> shift & 3 * LONG_ONES) + less * LONG_ONES & 3 * LONG_ONES;
    }

    /** Whether in none of {@code count} bytes from {@code first} on one of the bits {@code lower} and the one above are set. */
    static boolean validCodes(byte[] bytes, int first, int count, int lower) {
        long bad = 0;
        int i = first;
        for (; i + Long.BYTES <= first + count; i += Long.BYTES) {
            long codes = eight(bytes, i);
            bad |= codes & codes >>> 1;
        }
        for (; i < first + count; i++) {
            int codes = bytes[i];
            bad |= codes & codes >>> 1 & 0xff;
        }
        return (bad & lower * LONG_ONES) == 0;
    }

    /** Whether {@code count} bytes from {@code first} on are all −1 or +1, or 0 where there may be zeros. */
    static boolean valid(byte[] weights, int first, int count, boolean zeros) {
        long bad = 0;
        int i = first;
        for (; i + Long.BYTES <= first + count; i += Long.BYTES) {
            bad |= bad(eight(weights, i), zeros);
        }
        for (; i < first + count; i++) {
            bad |= bad(weights[i], zeros) & 255;
        }
        return bad == 0;
    }

    /** Not 0 where a byte is no weight: bits 1 to 7 differ, or they are set and bit 0 is not, or nothing is. */
    private static long bad(long weights, boolean zeros) {
        long unequal = (weights ^ weights >>> 1) & 0x7e * LONG_ONES;
        long even = ~weights & LONG_ONES;
        return unequal | (zeros ? even & weights >>> 1 : even);
    }
}
