package io.github.bitnetort.ops;

/**
 * One CustomGroupQueryAttention with its constants, checked once. The arrays are the caller's and are not copied.
 *
 * @param cos of each position's angles, [R, headDim / 2]
 * @param sin of the same
 */
public record GroupQueryAttentionProblem(GroupQueryAttentionSpec spec, float[] cos, float[] sin) {
    /** @throws IllegalArgumentException naming the input, what was found and what was wanted */
    public GroupQueryAttentionProblem {
        if (cos.length == 0 || cos.length % (spec.headDim() / 2) != 0) {
            throw new IllegalArgumentException("cos: found length " + cos.length + ", wanted rows of head_dim / 2 = "
                    + spec.headDim() / 2 + ", at least one");
        }
        Checks.length("sin", sin.length, cos.length);
    }

    /** Positions of the tables: R. */
    public int positions() {
        return cos.length / (spec.headDim() / 2);
    }
}
