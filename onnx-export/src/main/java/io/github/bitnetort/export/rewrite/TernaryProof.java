package io.github.bitnetort.export.rewrite;

import java.util.Arrays;
import java.util.Locale;

/**
 * Proves by its values that a matrix is ternary (or binary) times one scale, or one a row. The scale of a row is what its
 * large weights have in common: the mean of the magnitudes above half of it.
 */
final class TernaryProof {
    private static final int ROUNDS = 4;
    private static final int ROWS_AT_ONCE = 64;

    /** Up to this share of departing weights, or this departure of each, a matrix is called almost ternary. */
    private static final double ALMOST_SHARE = 0.05;

    private static final double ALMOST_DEPARTURE = 0.2;

    private final DenseTensor matrix;
    private final int n;
    private final int k;
    private final int rowStride;
    private final int columnStride;
    private final double tolerance;
    private final double[] scale;
    private final float[] smallest;
    private final float[] largest;

    private long departing;
    private double worst;
    private int worstRow;
    private int worstColumn;
    private boolean zeros;

    private TernaryProof(DenseTensor matrix, boolean transposed) {
        this.matrix = matrix;
        this.n = matrix.dims()[transposed ? 0 : 1];
        this.k = matrix.dims()[transposed ? 1 : 0];
        this.rowStride = transposed ? k : 1;
        this.columnStride = transposed ? 1 : n;
        this.tolerance = Rounding.tolerance(matrix.type());
        this.scale = new double[n];
        this.smallest = new float[n];
        this.largest = new float[n];
    }

    /**
     * Proves it, and puts the weights into the spool.
     *
     * @param matrix [K, N], or [N, K] where {@code transposed}
     * @throws NotRewritten saying how far from ternary it is
     */
    static TernaryWeights prove(DenseTensor matrix, boolean transposed, WeightSpool spool) {
        TernaryProof proof = of(matrix, transposed);
        WeightSpool.Matrix rows = spool.matrix(proof.k);
        proof.store(rows);
        return new TernaryWeights(proof.n, proof.k, proof.scales(), !proof.zeros, rows);
    }

    /**
     * Only proves it.
     *
     * @throws NotRewritten saying how far from ternary it is
     */
    static void check(DenseTensor matrix, boolean transposed) {
        of(matrix, transposed);
    }

    private static TernaryProof of(DenseTensor matrix, boolean transposed) {
        TernaryProof proof = new TernaryProof(matrix, transposed);
        proof.findScales();
        proof.measure();
        if (proof.departing > 0) {
            proof.useMedians();
            proof.measure();
        }
        if (proof.departing > 0) {
            throw new NotRewritten(proof.describe());
        }
        return proof;
    }

    private void findScales() {
        Arrays.fill(scale, 0);
        double[] sum = new double[n];
        int[] count = new int[n];
        for (int round = 0; round < ROUNDS; round++) {
            Arrays.fill(sum, 0);
            Arrays.fill(count, 0);
            Arrays.fill(smallest, Float.POSITIVE_INFINITY);
            Arrays.fill(largest, 0);
            forEach((row, column, value) -> {
                float magnitude = (float) Math.abs(value);
                if (magnitude > scale[row] / 2) {
                    sum[row] += magnitude;
                    count[row]++;
                    smallest[row] = Math.min(smallest[row], magnitude);
                    largest[row] = Math.max(largest[row], magnitude);
                }
            });
            boolean done = true;
            for (int row = 0; row < n; row++) {
                boolean same = smallest[row] == largest[row];
                scale[row] = count[row] == 0 ? 0 : same ? largest[row] : sum[row] / count[row];
                done &= same || count[row] == 0;
            }
            if (done) {
                return;
            }
        }
    }

    /** A few weights that are off pull a mean away from what all the others are; a median stays. */
    private void useMedians() {
        float[] magnitudes = new float[k];
        for (int row = 0; row < n; row++) {
            int count = 0;
            for (int column = 0; column < k; column++) {
                float magnitude = (float) Math.abs(matrix.real(row * rowStride + column * columnStride));
                if (magnitude > scale[row] / 2) {
                    magnitudes[count++] = magnitude;
                }
            }
            Arrays.sort(magnitudes, 0, count);
            scale[row] = count == 0 ? 0 : magnitudes[count / 2];
        }
    }

    private void measure() {
        departing = 0;
        worst = 0;
        zeros = false;
        forEach((row, column, value) -> {
            double departure = departure(row, value);
            if (!(departure <= tolerance)) {
                departing++;
            }
            if (!(departure <= worst) && !Double.isNaN(worst)) {
                worst = departure;
                worstRow = row;
                worstColumn = column;
            }
            zeros |= !(Math.abs(value) > scale[row] / 2);
        });
    }

    /** How far a weight is from the next of −1, 0 and +1, in units of its row's scale. */
    private double departure(int row, double value) {
        double magnitude = Math.abs(value);
        if (scale[row] == 0) {
            return magnitude == 0 ? 0 : Double.NaN;
        }
        return (magnitude > scale[row] / 2 ? Math.abs(magnitude - scale[row]) : magnitude) / scale[row];
    }

    private void store(WeightSpool.Matrix rows) {
        byte[][] block = new byte[ROWS_AT_ONCE][k];
        for (int first = 0; first < n; first += ROWS_AT_ONCE) {
            int count = Math.min(ROWS_AT_ONCE, n - first);
            for (int column = 0; column < k; column++) {
                for (int row = 0; row < count; row++) {
                    double value = matrix.real((first + row) * rowStride + column * columnStride);
                    boolean one = Math.abs(value) > scale[first + row] / 2;
                    block[row][column] = (byte) (one ? Math.signum(value) : 0);
                }
            }
            for (int row = 0; row < count; row++) {
                rows.add(block[row]);
            }
        }
    }

    /** One scale where all rows have the same, but for rounding; else one a row. Rows of zeros have any. */
    private float[] scales() {
        double low = Double.POSITIVE_INFINITY;
        double high = 0;
        double sum = 0;
        int count = 0;
        for (double one : scale) {
            if (one > 0) {
                low = Math.min(low, one);
                high = Math.max(high, one);
                sum += one;
                count++;
            }
        }
        if (count == 0) {
            return new float[] {1};
        }
        if (high - low <= tolerance * low) {
            return new float[] {(float) (high == low ? low : sum / count)};
        }
        float[] rows = new float[n];
        for (int row = 0; row < n; row++) {
            rows[row] = scale[row] > 0 ? (float) scale[row] : 1;
        }
        return rows;
    }

    private String describe() {
        long weights = (long) n * k;
        boolean almost = departing <= ALMOST_SHARE * weights || worst <= ALMOST_DEPARTURE;
        return String.format(
                Locale.ROOT,
                "its weights are %s ternary: %d of %d (%.2g %%) are farther than %.2g from -1, 0 and +1 times their scale, "
                        + "the farthest by %.3g (row %d, column %d: %s, scale %s)",
                almost ? "almost but not quite" : "not",
                departing,
                weights,
                100.0 * departing / weights,
                tolerance,
                worst,
                worstRow,
                worstColumn,
                (float) matrix.real(worstRow * rowStride + worstColumn * columnStride),
                (float) scale[worstRow]);
    }

    /** Takes an element. */
    @FunctionalInterface
    private interface Visitor {
        void visit(int row, int column, double value);
    }

    /** Visits all elements in the order in which they lie in memory. */
    private void forEach(Visitor visitor) {
        boolean rowsFirst = columnStride == 1;
        int outer = rowsFirst ? n : k;
        int inner = rowsFirst ? k : n;
        int at = 0;
        for (int i = 0; i < outer; i++) {
            for (int j = 0; j < inner; j++) {
                visitor.visit(rowsFirst ? i : j, rowsFirst ? j : i, matrix.real(at++));
            }
        }
    }
}
