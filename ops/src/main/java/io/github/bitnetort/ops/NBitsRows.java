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
        float magnitude = Float.intBitsToFloat(largestBits(row, from, length));
        if (!Float.isFinite(magnitude)) {
            refuse(row, from, length);
        }
        if (spec.bits() == 8) {
            return magnitude / 127f;
        }
        return magnitude == 0 ? 0 : firstOf(magnitude, row, from) / -8f;
    }

    /** The bits of magnitudes are ordered as the magnitudes are. Two maxima do not wait for each other. */
    private static int largestBits(float[] row, int from, int length) {
        int even = 0;
        int odd = 0;
        int k = from;
        for (; k + 1 < from + length; k += 2) {
            even = Math.max(even, magnitudeBits(row[k]));
            odd = Math.max(odd, magnitudeBits(row[k + 1]));
        }
        return Math.max(Math.max(even, odd), k < from + length ? magnitudeBits(row[k]) : 0);
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
            int k = unit < Float.MIN_NORMAL ? from : putFours(from, from + columns, bytes, byteOff);
            for (; k < from + columns; k++) {
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

    /**
     * Stores weights of 8 bits, four at a time. None is beyond ±127: the quotient of the largest magnitude by the scale is
     * off 127 by two roundings, which is much less than a half where the scale is no subnormal number.
     *
     * @return the first column that is left
     */
    private int putFours(int from, int to, byte[] bytes, int byteOff) {
        int k = from;
        for (; k + 4 <= to; k += 4) {
            int weights = lowest(k) | lowest(k + 1) << 8 | lowest(k + 2) << 16 | lowest(k + 3) << 24;
            WeightLanes.putFour(bytes, byteOff + k, weights ^ 0x80808080); // + 128
        }
        return k;
    }

    /** A weight's lowest eight bits: those of {@link #ROUNDER} are 0. */
    private int lowest(int k) {
        return Float.floatToRawIntBits(rounded[k]) & 255;
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
