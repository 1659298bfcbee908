package io.github.bitnetort.ops;

/** CustomGroupQueryAttention in plain loops: the oracle. Slow on purpose. One object for each run, of one thread. */
public final class ScalarGroupQueryAttention {
    private final GroupQueryAttentionProblem problem;
    private final GroupQueryAttentionSpec spec;
    private final GroupQueryAttentionInputs in;
    private final float[] keys;
    private final float[] values;

    private ScalarGroupQueryAttention(
            GroupQueryAttentionProblem problem, GroupQueryAttentionInputs in, float[] keys, float[] values) {
        this.problem = problem;
        this.spec = problem.spec();
        this.in = in;
        this.keys = keys;
        this.values = values;
    }

    /**
     * Computes Y and the cache.
     *
     * @param y receives [B, S, H D]
     * @param presentKey receives [B, G, max(P, total), D]; may be the past's own array
     * @param presentValue as presentKey
     * @throws IllegalArgumentException for inputs and lengths that are not such
     */
    public static void compute(
            GroupQueryAttentionProblem problem,
            GroupQueryAttentionInputs inputs,
            float[] y,
            float[] presentKey,
            float[] presentValue) {
        inputs.check(problem);
        long present = (long) inputs.batch() * problem.spec().kvWidth() * inputs.presentCapacity();
        Checks.length(
                "Y",
                y.length,
                (long) inputs.batch() * inputs.tokens() * problem.spec().queryWidth());
        Checks.length("present_key", presentKey.length, present);
        Checks.length("present_value", presentValue.length, present);
        new ScalarGroupQueryAttention(problem, inputs, presentKey, presentValue).run(y);
    }

    private void run(float[] y) {
        copyPast(in.pastKey(), keys);
        copyPast(in.pastValue(), values);
        for (int row = 0; row < in.batch(); row++) {
            for (int token = 0; token < in.tokens(); token++) {
                for (int head = 0; head < spec.kvHeads(); head++) {
                    append(row, token, head);
                }
            }
            for (int token = 0; token < in.tokens(); token++) {
                for (int head = 0; head < spec.heads(); head++) {
                    attend(row, token, head, y, ((row * in.tokens() + token) * spec.heads() + head) * spec.headDim());
                }
            }
        }
    }

    private void copyPast(float[] past, float[] present) {
        if (past == present) {
            return;
        }
        int width = in.capacity() * spec.headDim();
        for (int head = 0; head < in.batch() * spec.kvHeads(); head++) {
            System.arraycopy(past, head * width, present, place(0, head, 0), width);
        }
    }

    /** Puts one head of a new token's key and value into the cache. */
    private void append(int row, int token, int head) {
        int column = in.total() - in.tokens() + token;
        int to = place(row, head, column);
        long position = column - in.padding()[row];
        float[] key = new float[spec.headDim()];
        float[] value = new float[spec.headDim()];
        if (position >= 0) {
            boolean joined = in.key() == null;
            int width = joined ? spec.joinedWidth() : spec.kvWidth();
            int from = (row * in.tokens() + token) * width + head * spec.headDim();
            key = rotated(joined ? in.query() : in.key(), joined ? from + spec.queryWidth() : from, (int) position);
            System.arraycopy(
                    joined ? in.query() : in.value(),
                    joined ? from + spec.queryWidth() + spec.kvWidth() : from,
                    value,
                    0,
                    value.length);
        }
        for (int d = 0; d < spec.headDim(); d++) {
            keys[to + d] = canonical(key[d]);
            values[to + d] = canonical(value[d]);
        }
    }

    private void attend(int row, int token, int head, float[] y, int to) {
        int first = (int) in.padding()[row];
        int position = in.total() - in.tokens() + token - first;
        if (position < 0) {
            for (int d = 0; d < spec.headDim(); d++) {
                y[to + d] = 0;
            }
            return;
        }
        int width = in.key() == null ? spec.joinedWidth() : spec.queryWidth();
        float[] q = rotated(in.query(), (row * in.tokens() + token) * width + head * spec.headDim(), position);
        for (int d = 0; d < q.length; d++) {
            q[d] *= spec.scale();
        }
        int place = place(row, head / (spec.heads() / spec.kvHeads()), first);
        float[] weights = weights(q, place, position + 1);
        float factor = 1 / sum(weights);
        for (int d = 0; d < spec.headDim(); d++) {
            float mixed = 0;
            for (int t = 0; t < weights.length; t++) {
                mixed = Math.fma(weights[t], values[place + t * spec.headDim() + d], mixed);
            }
            y[to + d] = canonical(mixed * factor);
        }
    }

    /** exp(score − largest score) of each column from that place in the cache on. */
    private float[] weights(float[] q, int place, int columns) {
        float[] scores = new float[columns];
        float largest = Float.NEGATIVE_INFINITY;
        for (int t = 0; t < columns; t++) {
            for (int d = 0; d < q.length; d++) {
                scores[t] = Math.fma(q[d], keys[place + t * q.length + d], scores[t]);
            }
            largest = scores[t] > largest ? scores[t] : largest;
        }
        for (int t = 0; t < columns; t++) {
            scores[t] = exp(scores[t] - largest);
        }
        return scores;
    }

    private static float sum(float[] weights) {
        float[] sums = new float[CustomGroupQueryAttention.LANES];
        for (int t = 0; t < weights.length; t++) {
            sums[t % sums.length] += weights[t];
        }
        for (int half = sums.length / 2; half > 0; half /= 2) {
            for (int j = 0; j < half; j++) {
                sums[j] += sums[j + half];
            }
        }
        return sums[0];
    }

    /** e^x by the contract's polynomial, for x of at most 0. */
    static float exp(float x) {
        if (x < -87) {
            return 0;
        }
        if (Float.isNaN(x)) {
            return x;
        }
        float n = (float) Math.rint(x * 1.44269504f);
        float r = Math.fma(n, 2.12194440e-4f, Math.fma(n, -0.693359375f, x));
        float p = 1.9875691500e-4f;
        p = Math.fma(p, r, 1.3981999507e-3f);
        p = Math.fma(p, r, 8.3334519073e-3f);
        p = Math.fma(p, r, 4.1665795894e-2f);
        p = Math.fma(p, r, 1.6666665459e-1f);
        p = Math.fma(p, r, 5.0000001201e-1f);
        return (Math.fma(p, r * r, r) + 1) * Math.scalb(1f, (int) n);
    }

    private float[] rotated(float[] x, int from, int position) {
        int half = spec.headDim() / 2;
        float[] rotated = new float[2 * half];
        for (int d = 0; d < half; d++) {
            float cos = problem.cos()[position * half + d];
            float sin = problem.sin()[position * half + d];
            rotated[d] = x[from + d] * cos - x[from + half + d] * sin;
            rotated[half + d] = x[from + half + d] * cos + x[from + d] * sin;
        }
        return rotated;
    }

    /** Where the cache that comes out has a column of a head. */
    private int place(int row, int head, int column) {
        return ((row * spec.kvHeads() + head) * in.presentCapacity() + column) * spec.headDim();
    }

    /** One bit pattern for all NaNs. */
    private static float canonical(float value) {
        return Float.isNaN(value) ? Float.NaN : value;
    }
}
