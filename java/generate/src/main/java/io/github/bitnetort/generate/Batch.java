package io.github.bitnetort.generate;

import java.nio.LongBuffer;
import java.util.OptionalInt;

/** Checked ids and mask of several sequences, both direct and [size, seq]. */
record Batch(int size, int seq, LongBuffer ids, LongBuffer mask) {

    static Batch of(long[][] ids, long[][] mask, int vocabSize, OptionalInt maxPositions) {
        if (ids.length == 0 || ids[0].length == 0) {
            throw new IllegalArgumentException("ids: found none, wanted [batch, seq] with both 1 or more");
        }
        if (mask.length != ids.length) {
            throw new IllegalArgumentException(
                    "mask: found " + mask.length + " rows, wanted " + ids.length + " as in ids");
        }
        int seq = ids[0].length;
        TokenIds.checkPositions(seq, maxPositions);
        LongBuffer idBuffer = DirectBuffers.longs("input ids", (long) ids.length * seq);
        LongBuffer maskBuffer = DirectBuffers.longs("attention mask", (long) ids.length * seq);
        for (int row = 0; row < ids.length; row++) {
            checkLength("ids", row, ids[row].length, seq);
            checkLength("mask", row, mask[row].length, seq);
            checkMask(row, mask[row]);
            TokenIds.check(ids[row], vocabSize);
            idBuffer.put(ids[row]);
            maskBuffer.put(mask[row]);
        }
        return new Batch(ids.length, seq, idBuffer.flip(), maskBuffer.flip());
    }

    private static void checkLength(String what, int row, int found, int wanted) {
        if (found != wanted) {
            throw new IllegalArgumentException(
                    what + "[" + row + "]: found " + found + " tokens, wanted " + wanted + " as in row 0 of ids");
        }
    }

    /** Padding is on the left: zeros, then ones, at least one of them. */
    private static void checkMask(int row, long[] mask) {
        for (int i = 0; i < mask.length; i++) {
            boolean last = i == mask.length - 1;
            boolean fine = mask[i] == 1 || (mask[i] == 0 && !last && (i == 0 || mask[i - 1] == 0));
            if (!fine) {
                throw new IllegalArgumentException("mask[" + row + "][" + i + "]: found " + mask[i]
                        + ", wanted zeros on the left for padding, then ones");
            }
        }
    }
}
