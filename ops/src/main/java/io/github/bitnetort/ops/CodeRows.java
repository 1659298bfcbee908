package io.github.bitnetort.ops;

import java.util.Arrays;

/**
 * Rows of ternary weights, a weight a byte, of which two bits count: weight + 1. Their place is the same in a row; what
 * is in the others does not matter.
 */
public final class CodeRows {
    /** Weight 0, wherever a row's two bits are. */
    private static final byte ZEROS = 0x55;

    private final byte[] bytes;
    private final int stride;
    private final int[] shifts;

    /** Rows of so many bytes each, all of weight 0. */
    CodeRows(int rows, int stride) {
        this.bytes = new byte[Math.multiplyExact(rows, stride)];
        this.stride = stride;
        this.shifts = new int[rows];
        Arrays.fill(bytes, ZEROS);
    }

    /** Where rows go, one {@link #stride} bytes behind the other; columns behind K are not to be written. */
    public byte[] bytes() {
        return bytes;
    }

    /** Bytes from one row's start to the next. */
    public int stride() {
        return stride;
    }

    /** Where a row starts in {@link #bytes}. */
    public int offset(int row) {
        return row * stride;
    }

    /** Says which two bits of a row's bytes count: 0, 2, 4 or 6, the lower one's number. */
    public void setShift(int row, int shift) {
        shifts[row] = shift;
    }

    int shift(int row) {
        return shifts[row];
    }

    /** Fills rows from there on with weight 0. */
    void clearFrom(int row) {
        Arrays.fill(bytes, offset(row), bytes.length, ZEROS);
    }

    /** Whether none of a row's first {@code count} codes is 3. */
    boolean valid(int row, int count) {
        return WeightLanes.validCodes(bytes, offset(row), count, 1 << shifts[row]);
    }

    /** Whether none of the four codes in each of a row's first {@code count} bytes is 3. */
    boolean allValid(int row, int count) {
        return WeightLanes.validCodes(bytes, offset(row), count, 0x55);
    }
}
