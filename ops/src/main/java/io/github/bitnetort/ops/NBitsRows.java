package io.github.bitnetort.ops;

import java.util.Arrays;

/**
 * Rows of floats to the weights and scales of CustomMatMulNBits and back, a row at a time: a matrix may be larger than
 * memory. For one thread; several may have one each.
 */
public final class NBitsRows {
    /** What is far below it and added to it is rounded to an integer, half to even, in the lowest bits of the sum. */
    private static final float ROUNDER = 0x1.8p23f;

    private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);

    private final MatMulNBitsSpec spec;
    private final float[] rounded;

    /** Rows of matrices with these attributes. */
    public NBitsRows(MatMulNBitsSpec spec) {
        this.spec = spec;
        this.rounded = new float[spec.k()];
    }

    /**
     * Quantizes one row. 8 bits: scale = absmax / 127. 4 bits: scale = v / −8 with v the value of the largest magnitude,
     * the first of several. w = rint(x / scale), clamped to the range.
     *
     * @param row [K]
     * @param bytes receives {@link MatMulNBitsSpec#rowBytes()} bytes from {@code byteOff} on
     * @param scale receives {@link MatMulNBitsSpec#blocks()} scales from {@code scaleOff} on
     * @throws IllegalArgumentException for a value that is not finite
     */
    public void quantize(float[] row, byte[] bytes, int byteOff, float[] scale, int scaleOff) {
        scales(row, scale, scaleOff);
        int columns = spec.blockColumns();
        for (int block = 0; block < spec.blocks(); block++) {
            weights(row, block * columns, columns, scale[scaleOff + block], bytes, byteOff);
        }
    }

    /** The scales of {@link #quantize} alone. */
    public void scales(float[] row, float[] scale, int scaleOff) {
        Checks.atLeast("row", row.length, spec.k());
        int columns = spec.blockColumns();
        for (int block = 0; block < spec.blocks(); block++) {
            scale[scaleOff + block] = unit(row, block * columns, columns);
        }
    }

    /**
     * The row that weights and scales stand for: weight · scale.
     *
     * @param row receives [K]
     */
    public void dequantize(byte[] bytes, int byteOff, float[] scale, int scaleOff, float[] row) {
        int columns = spec.blockColumns();
        for (int k = 0; k < spec.k(); k++) {
            row[k] = (get(bytes, byteOff, k) - spec.zeroPoint()) * scale[scaleOff + k / columns];
        }
    }

    private float unit(float[] row, int from, int length) {
        int largest = 0; // the bits of magnitudes are ordered as the magnitudes are
        for (int k = from; k < from + length; k++) {
            largest = Math.max(largest, magnitudeBits(row[k]));
        }
        float magnitude = Float.intBitsToFloat(largest);
        if (!Float.isFinite(magnitude)) {
            refuse(row, from, length);
        }
        if (spec.bits() == 8) {
            return magnitude / 127f;
        }
        return magnitude == 0 ? 0 : firstOf(magnitude, row, from) / -8f;
    }

    private static int magnitudeBits(float value) {
        return Float.floatToRawIntBits(value) & Integer.MAX_VALUE;
    }

    private static void refuse(float[] row, int from, int length) {
        for (int k = from; k < from + length; k++) {
            Checks.finite("row", k, row[k]);
        }
    }

    private static float firstOf(float magnitude, float[] row, int from) {
        int k = from;
        while (Math.abs(row[k]) != magnitude) {
            k++;
        }
        return row[k];
    }

    private void weights(float[] row, int from, int columns, float unit, byte[] bytes, int byteOff) {
        if (unit == 0) {
            Arrays.fill(rounded, from, from + columns, ROUNDER);
        } else {
            for (int k = from; k < from + columns; k++) {
                rounded[k] = row[k] / unit + ROUNDER;
            }
        }
        int zero = spec.zeroPoint();
        if (spec.bits() == 8) {
            for (int k = from; k < from + columns; k++) {
                bytes[byteOff + k] = (byte) (weight(rounded[k], zero) + zero);
            }
            return;
        }
        for (int k = from; k < from + columns; k += 2) {
            int low = weight(rounded[k], zero) + zero;
            int high = weight(rounded[k + 1], zero) + zero;
            bytes[byteOff + k / 2] = (byte) (low | high << 4);
        }
    }

    private static int weight(float rounded, int zero) {
        int integer = Float.floatToRawIntBits(rounded) - ROUNDER_BITS;
        return Math.max(-zero, Math.min(zero - 1, integer));
    }

    private int get(byte[] bytes, int off, int k) {
        if (spec.bits() == 8) {
            return bytes[off + k] & 0xff;
        }
        return (bytes[off + k / 2] & 0xff) >>> (k % 2 * 4) & 0xf;
    }
}
