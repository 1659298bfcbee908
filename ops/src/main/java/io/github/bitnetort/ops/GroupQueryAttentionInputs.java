package io.github.bitnetort.ops;

import java.util.Arrays;

/**
 * What one run of a CustomGroupQueryAttention reads besides its constants. The arrays are the caller's and are not copied.
 *
 * @param tokens new ones of each sequence: S
 * @param query [B, S, (H + 2 G) D] with keys and values side by side; [B, S, H D] where those are given
 * @param key [B, S, G D], or null
 * @param value as key
 * @param pastKey [B, G, capacity, D]
 * @param pastValue as pastKey
 * @param capacity columns of the cache: P
 * @param total columns of each sequence, cached and new
 * @param padding how many of each sequence's first columns hold no token, [B]
 */
public record GroupQueryAttentionInputs(
        int tokens,
        float[] query,
        float[] key,
        float[] value,
        float[] pastKey,
        float[] pastValue,
        int capacity,
        int total,
        long[] padding) {

    /** The same with queries, keys and values side by side. */
    public static GroupQueryAttentionInputs joined(
            int tokens, float[] qkv, float[] pastKey, float[] pastValue, int capacity, int total, long... padding) {
        return new GroupQueryAttentionInputs(tokens, qkv, null, null, pastKey, pastValue, capacity, total, padding);
    }

    /** Sequences: B. */
    public int batch() {
        return padding.length;
    }

    /** Columns of the cache that comes out. */
    public int presentCapacity() {
        return Math.max(capacity, total);
    }

    /**
     * Refuses what the node cannot take.
     *
     * @throws IllegalArgumentException naming the input, what was found and what was wanted
     */
    public void check(GroupQueryAttentionProblem problem) {
        GroupQueryAttentionSpec spec = problem.spec();
        Checks.range("S", tokens, 0, Integer.MAX_VALUE);
        Checks.range("total", total, tokens, problem.positions());
        Checks.range("capacity", capacity, total - tokens, Integer.MAX_VALUE);
        long rows = (long) batch() * tokens;
        if ((key == null) != (value == null)) {
            throw new IllegalArgumentException("key and value: found one of them, wanted both or neither");
        }
        Checks.length("query", query.length, rows * (key == null ? spec.joinedWidth() : spec.queryWidth()));
        if (key != null) {
            Checks.length("key", key.length, rows * spec.kvWidth());
            Checks.length("value", value.length, rows * spec.kvWidth());
        }
        Checks.length("past_key", pastKey.length, (long) batch() * spec.kvWidth() * capacity);
        Checks.length("past_value", pastValue.length, pastKey.length);
        for (int row = 0; row < padding.length; row++) {
            Checks.range("padding[" + row + "]", padding[row], 0, total);
        }
    }

    /** The inputs with the arrays of the cache copied: a run in place then changes the copies. */
    public GroupQueryAttentionInputs withOwnCache() {
        return new GroupQueryAttentionInputs(
                tokens, query, key, value, pastKey.clone(), pastValue.clone(), capacity, total, padding);
    }

    @Override
    public String toString() {
        return "S " + tokens + (key == null ? " joined" : "") + ", P " + capacity + ", total " + total + ", padding "
                + Arrays.toString(padding);
    }
}
