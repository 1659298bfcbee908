package io.github.bitnetort.tests.attention;

import io.github.bitnetort.ops.GroupQueryAttentionInputs;
import io.github.bitnetort.ops.GroupQueryAttentionProblem;
import io.github.bitnetort.ops.GroupQueryAttentionSpec;

/** How far the body's Y may be off, as the contract's page has it: what sums in any order can amount to. */
final class AttentionTolerance {
    private static final double HALF_ULP = 0x1p-24;
    private static final double LEAST_TERM = 0x1p-100;

    private final GroupQueryAttentionProblem problem;
    private final GroupQueryAttentionSpec spec;
    private final GroupQueryAttentionInputs in;
    private final float[] keys;
    private final float[] values;

    private AttentionTolerance(AttentionCase given) {
        problem = given.problem();
        spec = problem.spec();
        in = given.given();
        keys = given.outputs().get(1).floats();
        values = given.outputs().get(2).floats();
    }

    /** For each element of Y. */
    static double[] of(AttentionCase given) {
        return new AttentionTolerance(given).all();
    }

    private double[] all() {
        double[] tolerances = new double[in.batch() * in.tokens() * spec.queryWidth()];
        for (int row = 0; row < in.batch(); row++) {
            for (int token = 0; token < in.tokens(); token++) {
                int position = (int) (in.total() - in.tokens() + token - in.padding()[row]);
                for (int head = 0; head < spec.heads() && position >= 0; head++) {
                    int to = ((row * in.tokens() + token) * spec.heads() + head) * spec.headDim();
                    fill(row, query(row, token, head, position), head, position + 1, tolerances, to);
                }
            }
        }
        return tolerances;
    }

    private void fill(int row, double[] q, int head, int columns, double[] tolerances, int to) {
        int kvHead = head / (spec.heads() / spec.kvHeads());
        int first = ((row * spec.kvHeads() + kvHead) * in.presentCapacity() + (int) in.padding()[row]) * spec.headDim();
        double[] scores = new double[columns];
        double largestProducts = 0;
        double largest = Double.NEGATIVE_INFINITY;
        for (int t = 0; t < columns; t++) {
            double products = 0;
            for (int d = 0; d < q.length; d++) {
                double product = q[d] * keys[first + t * q.length + d];
                scores[t] += product;
                products += Math.abs(product);
            }
            largestProducts = Math.max(largestProducts, products);
            largest = Math.max(largest, scores[t]);
        }
        double sum = 0;
        for (int t = 0; t < columns; t++) {
            scores[t] = Math.exp(scores[t] - largest);
            sum += scores[t];
        }
        double factor = (4 * (q.length + 4) * largestProducts + 4 * (columns + 16)) * HALF_ULP;
        for (int d = 0; d < q.length; d++) {
            double mixed = 0;
            for (int t = 0; t < columns; t++) {
                mixed += Math.max(scores[t] / sum * Math.abs(values[first + t * q.length + d]), LEAST_TERM);
            }
            tolerances[to + d] = factor * mixed;
        }
    }

    /** Rotated and scaled. */
    private double[] query(int row, int token, int head, int position) {
        int width = in.key() == null ? spec.joinedWidth() : spec.queryWidth();
        int from = (row * in.tokens() + token) * width + head * spec.headDim();
        int half = spec.headDim() / 2;
        double[] q = new double[2 * half];
        for (int d = 0; d < half; d++) {
            double cos = problem.cos()[position * half + d];
            double sin = problem.sin()[position * half + d];
            q[d] = (in.query()[from + d] * cos - in.query()[from + half + d] * sin) * spec.scale();
            q[half + d] = (in.query()[from + half + d] * cos + in.query()[from + d] * sin) * spec.scale();
        }
        return q;
    }
}
