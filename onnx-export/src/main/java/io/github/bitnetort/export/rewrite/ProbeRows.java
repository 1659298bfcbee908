package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.ops.ActivationQuantizer;
import io.github.bitnetort.ops.CustomBitMatMul;
import java.util.Random;

/**
 * Activations that show what a part of a graph does to them: rows whose quantized values are known, of several
 * magnitudes, each value away from where rounding decides; a row far below the smallest absolute maximum, and zeros.
 * The largest value is positive in one row and negative in the next, and values lie on both sides of their rounded ones.
 *
 * @param x [ROWS, k]
 * @param q quantized as the op does it
 * @param s what each row was multiplied by
 */
record ProbeRows(int k, float[] x, byte[] q, float[] s) {
    static final int ROWS = 8;

    /** The rows before this one hold ordinary magnitudes; the first has s = 1. */
    static final int TINY_ROW = 6;

    /** For rows from there on: types of 16 bits round the smallest absolute maximum, 1e-5, by up to 0.4 %. */
    static final double SMALLEST_TOLERANCE = 0.02;

    /** Ranks for which all leading dimensions can be larger than 1, so that a maximum over one too many shows. */
    static final int MIN_RANK = 2;

    static final int MAX_RANK = 4;

    private static final float[] ABSMAX = {127f, 3.7f, 4100f, 0.02f, 29f, 0.6f, 1e-7f, 0f};
    private static final long SEED = 20240227;

    static ProbeRows of(int k) {
        Random random = new Random(SEED);
        float[] x = new float[ROWS * k];
        byte[] q = new byte[ROWS * k];
        float[] s = new float[ROWS];
        for (int row = 0; row < ROWS; row++) {
            int largest = k > ROWS ? random.nextInt(k) : 0;
            for (int i = 0; i < k; i++) {
                int code = random.nextInt(127) * (((row >> 1) + i & 1) == 0 ? 1 : -1);
                double rounded = (0.05 + 0.37 * random.nextDouble()) * ((row + i & 1) == 0 ? 1 : -1);
                x[row * k + i] = (float) ((code + rounded) / 127 * ABSMAX[row]);
            }
            x[row * k + largest] = (row & 1) == 0 ? ABSMAX[row] : -ABSMAX[row];
            s[row] = ActivationQuantizer.absmaxInt8(x, row * k, k, q, row * k);
        }
        return new ProbeRows(k, x, q, s);
    }

    /** The rows as a tensor of that rank. */
    DenseTensor tensor(int rank) {
        return DenseTensor.floats(x, shape(rank, k));
    }

    /** [..., last] of that rank, with all rows in its leading dimensions. */
    static int[] shape(int rank, int last) {
        return switch (rank) {
            case 2 -> new int[] {ROWS, last};
            case 3 -> new int[] {2, ROWS / 2, last};
            case 4 -> new int[] {2, 2, ROWS / 4, last};
            default -> throw new EvaluationException("activations of rank " + rank);
        };
    }

    /** Whether a width is one that the op takes. */
    static boolean fits(int k) {
        return k >= 1 && k <= CustomBitMatMul.MAX_K;
    }
}
