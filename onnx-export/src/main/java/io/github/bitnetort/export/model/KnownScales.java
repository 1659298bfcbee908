package io.github.bitnetort.export.model;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Scales of a matrix's rows, kept from where its weights are made to where the scales are written; threads share one. */
final class KnownScales {
    /** Scales in smaller blocks than rows are too many to keep. */
    private static final int MOST = 1 << 20;

    /** No float that a scale can be: not a number. */
    private static final int UNKNOWN = -1;

    private final int blocks;

    /** The floats' bits; null where there are too many. */
    private final AtomicIntegerArray bits;

    KnownScales(int n, int blocks) {
        this.blocks = blocks;
        this.bits = (long) n * blocks > MOST ? null : new AtomicIntegerArray(n * blocks);
        for (int i = 0; bits != null && i < bits.length(); i++) {
            bits.setPlain(i, UNKNOWN);
        }
    }

    /** Keeps a row's. */
    void put(long row, float[] scales) {
        if (bits != null) {
            for (int i = 0; i < blocks; i++) {
                bits.setOpaque((int) row * blocks + i, Float.floatToRawIntBits(scales[i]));
            }
        }
    }

    /** Puts the scales of some rows into a buffer, or nothing where one of them is not known. */
    boolean copy(long first, int rows, ByteBuffer dst) {
        if (bits == null) {
            return false;
        }
        int start = dst.position();
        for (int i = (int) first * blocks; i < ((int) first + rows) * blocks; i++) {
            int known = bits.getOpaque(i);
            if (known == UNKNOWN) {
                dst.position(start);
                return false;
            }
            dst.putInt(known);
        }
        return true;
    }
}
