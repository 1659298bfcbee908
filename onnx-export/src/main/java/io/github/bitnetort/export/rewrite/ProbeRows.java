package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.ops.ActivationQuantizer;
import io.github.bitnetort.ops.CustomBitMatMul;
import java.util.Arrays;
import java.util.Random;

/**
 * Activations that show what a part of a graph does to them: rows whose quantized values are known, of several
 * magnitudes, each value away from where rounding decides; a row far below the smallest absolute maximum, and zeros.
 *
 * @param x [ROWS, k]
 * @param q quantized as the op does it
 * @param s what each row was multiplied by
 */
record ProbeRows(int k, float[] x, byte[] q, float[] s) {
    static final int ROWS = 6;

    /** The rows before this one hold ordinary magnitudes; the first has s = 1. */
    static final int TINY_ROW = 4;

    /** For rows from there on: types of 16 bits round the smallest absolute maximum, 1e-5, by up to 0.4 %. */
    static final double SMALLEST_TOLERANCE = 0.02;

    private static final float[] ABSMAX = {127f, 3.7f, 4100f, 0.02f, 1e-7f, 0f};
    private static final long SEED = 20240227;

    static ProbeRows of(int k) {
        Random random = new Random(SEED);
        float[] x = new float[ROWS * k];
        byte[] q = new byte[ROWS * k];
        float[] s = new float[ROWS];
        for (int row = 0; row < ROWS; row++) {
            int largest = random.nextInt(k);
            for (int i = 0; i < k; i++) {
                double code = random.nextInt(253) - 126 + (random.nextDouble() - 0.5) * 0.84;
                x[row * k + i] = (float) (code / 127 * ABSMAX[row]);
            }
            x[row * k + largest] = random.nextBoolean() ? ABSMAX[row] : -ABSMAX[row];
            s[row] = ActivationQuantizer.absmaxInt8(x, row * k, k, q, row * k);
        }
        return new ProbeRows(k, x, q, s);
    }

    /** The rows as a tensor of that rank. */
    DenseTensor tensor(int rank) {
        return DenseTensor.floats(x, shape(rank, k));
    }

    /** [..., last] of that rank, with all rows in its leading dimensions; rank 1 is impossible. */
    static int[] shape(int rank, int last) {
        if (rank < 2) {
            throw new EvaluationException("activations of rank " + rank);
        }
        int[] shape = new int[rank];
        Arrays.fill(shape, 1);
        shape[0] = rank > 2 ? 2 : ROWS;
        shape[rank - 2] = rank > 2 ? ROWS / 2 : ROWS;
        shape[rank - 1] = last;
        return shape;
    }

    /** Whether a width is one that the op takes. */
    static boolean fits(int k) {
        return k >= 1 && k <= CustomBitMatMul.MAX_K;
    }
}
