package io.github.bitnetort.ops;

/**
 * The attributes of one CustomGroupQueryAttention, checked.
 *
 * @param heads of queries, 1..{@link CustomGroupQueryAttention#MAX_HEADS}; a multiple of kvHeads
 * @param kvHeads heads of keys and values
 * @param headDim width of a head: 16..{@link CustomGroupQueryAttention#MAX_HEAD_DIM}, a multiple of 16
 * @param scale what queries are multiplied by; finite and above 0
 */
public record GroupQueryAttentionSpec(int heads, int kvHeads, int headDim, float scale) {
    /** @throws IllegalArgumentException naming the attribute, the value found and the value wanted */
    public GroupQueryAttentionSpec {
        Checks.range("num_heads", heads, 1, CustomGroupQueryAttention.MAX_HEADS);
        Checks.range("kv_num_heads", kvHeads, 1, heads);
        if (heads % kvHeads != 0) {
            throw new IllegalArgumentException(
                    "num_heads: found " + heads + ", wanted a multiple of kv_num_heads " + kvHeads);
        }
        Checks.range("head_dim", headDim, CustomGroupQueryAttention.LANES, CustomGroupQueryAttention.MAX_HEAD_DIM);
        if (!supports(headDim)) {
            throw new IllegalArgumentException(
                    "head_dim: found " + headDim + ", wanted a multiple of " + CustomGroupQueryAttention.LANES);
        }
        if (!(scale > 0 && scale <= Float.MAX_VALUE)) {
            throw new IllegalArgumentException("scale: found " + scale + ", wanted a finite number above 0");
        }
    }

    /** Whether the op takes heads of that width. */
    public static boolean supports(int headDim) {
        return headDim > 0
                && headDim <= CustomGroupQueryAttention.MAX_HEAD_DIM
                && headDim % CustomGroupQueryAttention.LANES == 0;
    }

    /** Width of a token's queries, and of its Y. */
    public int queryWidth() {
        return heads * headDim;
    }

    /** Width of a token's keys, and of its values. */
    public int kvWidth() {
        return kvHeads * headDim;
    }

    /** Width of a token's queries, keys and values side by side. */
    public int joinedWidth() {
        return queryWidth() + 2 * kvWidth();
    }
}
