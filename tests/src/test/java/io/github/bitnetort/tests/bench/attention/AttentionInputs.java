package io.github.bitnetort.tests.bench.attention;

import io.github.bitnetort.ops.GroupQueryAttentionProblem;
import io.github.bitnetort.ops.GroupQueryAttentionSpec;
import io.github.bitnetort.tests.attention.RotaryTables;
import java.util.Random;

/**
 * What every contender gets: standard normal numbers.
 *
 * @param capacity columns that caches have room for
 * @param query queries, keys and values of the new tokens, [tokens, (H + 2 G) D]
 * @param pastKey [G, capacity, D]
 * @param pastValue as pastKey
 */
record AttentionInputs(
        GroupQueryAttentionProblem problem,
        Chunk chunk,
        int capacity,
        float[] query,
        float[] pastKey,
        float[] pastValue) {
    static AttentionInputs random(AttentionShape shape, Chunk chunk, int capacity) {
        GroupQueryAttentionSpec spec = shape.spec();
        Random random = new Random(1);
        return new AttentionInputs(
                new GroupQueryAttentionProblem(
                        spec,
                        RotaryTables.cos(chunk.total(), spec.headDim()),
                        RotaryTables.sin(chunk.total(), spec.headDim())),
                chunk,
                capacity,
                normal(random, chunk.tokens() * spec.joinedWidth()),
                normal(random, capacity * spec.kvWidth()),
                normal(random, capacity * spec.kvWidth()));
    }

    private static float[] normal(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** The shape of a cache of keys or of values. */
    long[] cacheDims() {
        return new long[] {1, problem.spec().kvHeads(), capacity, problem.spec().headDim()};
    }
}
