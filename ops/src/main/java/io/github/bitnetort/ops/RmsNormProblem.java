package io.github.bitnetort.ops;

/**
 * The attributes and the constant of one CustomRmsNorm, checked.
 *
 * @param epsilon added to the mean of the squares, finite and above 0
 * @param weight [N], finite; N is a multiple of {@link CustomRmsNorm#LANES}
 */
public record RmsNormProblem(float epsilon, float[] weight) {
    /** @throws IllegalArgumentException naming what was found and what is wanted */
    public RmsNormProblem {
        Checks.range("N", weight.length, 1, CustomRmsNorm.MAX_N);
        if (!supports(weight.length)) {
            throw new IllegalArgumentException(
                    "N: found " + weight.length + ", wanted a multiple of " + CustomRmsNorm.LANES);
        }
        if (!(epsilon > 0 && epsilon <= Float.MAX_VALUE)) {
            throw new IllegalArgumentException("epsilon: found " + epsilon + ", wanted a finite number above 0");
        }
        for (int i = 0; i < weight.length; i++) {
            if (!Float.isFinite(weight[i])) {
                throw new IllegalArgumentException(
                        "weight: found " + weight[i] + " at element " + i + ", wanted finite values");
            }
        }
    }

    /** Whether the op takes rows of that width. */
    public static boolean supports(int n) {
        return n % CustomRmsNorm.LANES == 0 && n <= CustomRmsNorm.MAX_N;
    }

    /** N: columns of X and of Y. */
    public int n() {
        return weight.length;
    }
}
