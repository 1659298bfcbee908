package io.github.bitnetort.ops;

/** CustomRmsNorm in plain loops: the oracle. */
public final class ScalarRmsNorm {
    private ScalarRmsNorm() {}

    /**
     * Computes Y.
     *
     * @param x [m, N]
     * @param y [m, N]; may be x
     * @throws IllegalArgumentException where an array is too short
     */
    public static void compute(RmsNormProblem problem, float[] x, int m, float[] y) {
        long wanted = (long) m * problem.n();
        if (x.length < wanted || y.length < wanted) {
            throw new IllegalArgumentException(
                    "found " + x.length + " and " + y.length + " elements of X and Y, wanted " + wanted + " of each");
        }
        for (int row = 0; row < m; row++) {
            int first = row * problem.n();
            float factor = factor(problem, x, first);
            for (int i = 0; i < problem.n(); i++) {
                float value = x[first + i] * factor * problem.weight()[i];
                y[first + i] = Float.isNaN(value) ? Float.intBitsToFloat(0x7fc00000) : value;
            }
        }
    }

    private static float factor(RmsNormProblem problem, float[] x, int first) {
        float[] sums = new float[CustomRmsNorm.LANES];
        for (int i = 0; i < problem.n(); i++) {
            sums[i % sums.length] += x[first + i] * x[first + i];
        }
        for (int half = sums.length / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                sums[i] += sums[i + half];
            }
        }
        float mean = sums[0] / problem.n();
        return 1 / (float) Math.sqrt(mean + problem.epsilon());
    }
}
