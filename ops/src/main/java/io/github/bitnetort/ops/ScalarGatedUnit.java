package io.github.bitnetort.ops;

/** CustomGatedUnit in plain loops: the oracle. */
public final class ScalarGatedUnit {
    private ScalarGatedUnit() {}

    /**
     * Computes Y.
     *
     * @param x [m, 2 N]
     * @param y [m, N]
     * @throws IllegalArgumentException where an array is too short
     */
    public static void compute(GatedUnitSpec spec, float[] x, int m, float[] y) {
        if (x.length < (long) m * spec.width() || y.length < (long) m * spec.n()) {
            throw new IllegalArgumentException("found " + x.length + " and " + y.length
                    + " elements of X and Y, wanted " + (long) m * spec.width() + " and " + (long) m * spec.n());
        }
        for (int row = 0; row < m; row++) {
            int gates = row * spec.width();
            for (int i = 0; i < spec.n(); i++) {
                y[row * spec.n() + i] = element(x[gates + i], x[gates + spec.n() + i]);
            }
        }
        spec.norm().ifPresent(norm -> ScalarRmsNorm.compute(norm, y, m, y));
    }

    private static float element(float gate, float value) {
        float above = gate <= 0 ? 0 : gate;
        float product = above * above * value;
        return Float.isNaN(product) ? Float.intBitsToFloat(0x7fc00000) : product;
    }
}
