package io.github.bitnetort.ops;

/**
 * Rows of floats to the weights and scales of CustomMatMulNBits and back, a row at a time: a matrix may be larger than
 * memory.
 */
public final class NBitsRows {
    private final MatMulNBitsSpec spec;

    public NBitsRows(MatMulNBitsSpec spec) {
        this.spec = spec;
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
        Checks.atLeast("row", row.length, spec.k());
        for (int k = 0; k < spec.k(); k++) {
            Checks.finite("row", k, row[k]);
        }
        int columns = spec.blockColumns();
        for (int block = 0; block < spec.blocks(); block++) {
            float unit = unit(row, block * columns, columns);
            scale[scaleOff + block] = unit;
            for (int k = block * columns; k < (block + 1) * columns; k++) {
                put(bytes, byteOff, k, weight(row[k], unit) + spec.zeroPoint());
            }
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
        float largest = 0;
        for (int k = from; k < from + length; k++) {
            if (Math.abs(row[k]) > Math.abs(largest)) {
                largest = row[k];
            }
        }
        if (spec.bits() == 8) {
            return Math.abs(largest) / 127f;
        }
        return largest == 0 ? 0 : largest / -8f;
    }

    private int weight(float value, float unit) {
        if (unit == 0) {
            return 0;
        }
        double rounded = Math.rint(value / unit);
        return (int) Math.max(-spec.zeroPoint(), Math.min(spec.zeroPoint() - 1, rounded));
    }

    private void put(byte[] bytes, int off, int k, int stored) {
        if (spec.bits() == 8) {
            bytes[off + k] = (byte) stored;
        } else if (k % 2 == 0) {
            bytes[off + k / 2] = (byte) stored;
        } else {
            bytes[off + k / 2] |= (byte) (stored << 4);
        }
    }

    private int get(byte[] bytes, int off, int k) {
        if (spec.bits() == 8) {
            return bytes[off + k] & 0xff;
        }
        return (bytes[off + k / 2] & 0xff) >>> (k % 2 * 4) & 0xf;
    }
}
