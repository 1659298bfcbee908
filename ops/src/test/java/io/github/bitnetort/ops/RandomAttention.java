package io.github.bitnetort.ops;

import java.util.Random;

/** Random inputs of CustomGroupQueryAttention, and runs of the oracle on them. */
final class RandomAttention {
    static final int POSITIONS = 64;

    private final Random random;

    RandomAttention(long seed) {
        random = new Random(seed);
    }

    /** Y and the cache of one run. */
    record Result(float[] y, float[] presentKey, float[] presentValue) {}

    GroupQueryAttentionProblem problem(int heads, int kvHeads, int headDim) {
        int half = headDim / 2;
        float[] cos = new float[POSITIONS * half];
        float[] sin = new float[POSITIONS * half];
        for (int i = 0; i < cos.length; i++) {
            double angle = i / half * Math.pow(10000, -(i % half) / (double) half);
            cos[i] = (float) Math.cos(angle);
            sin[i] = (float) Math.sin(angle);
        }
        return new GroupQueryAttentionProblem(
                new GroupQueryAttentionSpec(heads, kvHeads, headDim, (float) (1 / Math.sqrt(headDim))), cos, sin);
    }

    float[] values(int count) {
        return RandomProblems.floats(count, random);
    }

    /** Inputs that follow on an empty cache of some capacity, or on what a past has. */
    GroupQueryAttentionInputs joined(
            GroupQueryAttentionProblem problem, int tokens, int capacity, int total, long... padding) {
        int cache = padding.length * problem.spec().kvWidth() * capacity;
        return GroupQueryAttentionInputs.joined(
                tokens,
                values(padding.length * tokens * problem.spec().joinedWidth()),
                values(cache),
                values(cache),
                capacity,
                total,
                padding);
    }

    /** A run into arrays of its own. */
    static Result run(GroupQueryAttentionProblem problem, GroupQueryAttentionInputs inputs) {
        float[] y = new float[inputs.batch() * inputs.tokens() * problem.spec().queryWidth()];
        int cache = inputs.batch() * problem.spec().kvWidth() * inputs.presentCapacity();
        Result result = new Result(y, new float[cache], new float[cache]);
        ScalarGroupQueryAttention.compute(problem, inputs, y, result.presentKey(), result.presentValue());
        return result;
    }

    /** A run whose present is its past. */
    static Result runInPlace(GroupQueryAttentionProblem problem, GroupQueryAttentionInputs inputs) {
        float[] y = new float[inputs.batch() * inputs.tokens() * problem.spec().queryWidth()];
        ScalarGroupQueryAttention.compute(problem, inputs, y, inputs.pastKey(), inputs.pastValue());
        return new Result(y, inputs.pastKey(), inputs.pastValue());
    }
}
