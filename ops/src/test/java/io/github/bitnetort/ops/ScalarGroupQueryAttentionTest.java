package io.github.bitnetort.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnetort.ops.RandomAttention.Result;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ScalarGroupQueryAttentionTest {
    private final RandomAttention random = new RandomAttention(11);

    /** The textbook's formula in binary64, with a rotation by complex numbers. */
    @Test
    void aHeadMixesValuesByTheSoftmaxOfItsScores() {
        GroupQueryAttentionProblem problem = random.problem(4, 2, 32);
        GroupQueryAttentionInputs inputs = random.joined(problem, 5, 0, 5, 0);
        float[] y = RandomAttention.run(problem, inputs).y();
        int width = problem.spec().joinedWidth();
        for (int token = 0; token < 5; token++) {
            for (int head = 0; head < 4; head++) {
                double[] q = rotated(inputs.query(), token * width + head * 32, token);
                double[] mixed = new double[32];
                double sum = 0;
                for (int t = 0; t <= token; t++) {
                    double[] k = rotated(inputs.query(), t * width + (4 + head / 2) * 32, t);
                    double score = 0;
                    for (int d = 0; d < 32; d++) {
                        score += q[d] * k[d];
                    }
                    double weight = Math.exp(score * problem.spec().scale());
                    sum += weight;
                    for (int d = 0; d < 32; d++) {
                        mixed[d] += weight * inputs.query()[t * width + (6 + head / 2) * 32 + d];
                    }
                }
                for (int d = 0; d < 32; d++) {
                    assertEquals(mixed[d] / sum, y[(token * 4 + head) * 32 + d], 2e-6);
                }
            }
        }
    }

    /** The contract's example: with the element of 4096 added last, the first score would be above the second. */
    @Test
    void scoresAreAddedFromTheFirstElementOn() {
        float[] cos = new float[16];
        Arrays.fill(cos, 1);
        GroupQueryAttentionProblem problem =
                new GroupQueryAttentionProblem(new GroupQueryAttentionSpec(1, 1, 16, 1), cos, new float[16]);
        float[] ones = new float[16];
        Arrays.fill(ones, 1);
        float[] first = ones.clone();
        first[0] = 4096;
        float[] second = new float[16];
        second[0] = 4096;
        float[] threes = new float[16];
        Arrays.fill(threes, 3);
        float[] y = RandomAttention.run(
                        problem,
                        GroupQueryAttentionInputs.joined(1, joined(first, second, threes), first, ones, 1, 2, 0))
                .y();
        float[] twos = new float[16];
        Arrays.fill(twos, 2);
        assertArrayEquals(twos, y, 0f);
    }

    /** 17 columns of one score: lane 0 takes two of the weights, whose sum is 17 in any order, and y their mean. */
    @Test
    void weightsOfEqualScoresAreEqual() {
        GroupQueryAttentionProblem problem = random.problem(1, 1, 16);
        float[] query = new float[3 * 16];
        Arrays.fill(query, 32, 48, 17);
        float[] y = RandomAttention.run(
                        problem,
                        GroupQueryAttentionInputs.joined(1, query, new float[16 * 16], new float[16 * 16], 16, 17, 0))
                .y();
        for (float value : y) {
            assertEquals(17 * (1 / 17f), value);
        }
    }

    @Test
    void tokensInChunksGetTheBitsOfAllAtOnce() {
        GroupQueryAttentionProblem problem = random.problem(6, 2, 16);
        GroupQueryAttentionInputs whole = random.joined(problem, 37, 40, 37, 0, 5);
        Result expected = RandomAttention.runInPlace(problem, whole.withOwnCache());
        int width = problem.spec().joinedWidth();
        int at = 0;
        for (int tokens : new int[] {20, 1, 16}) {
            float[] query = new float[2 * tokens * width];
            for (int row = 0; row < 2; row++) {
                System.arraycopy(whole.query(), (row * 37 + at) * width, query, row * tokens * width, tokens * width);
            }
            Result part = RandomAttention.runInPlace(
                    problem,
                    GroupQueryAttentionInputs.joined(
                            tokens, query, whole.pastKey(), whole.pastValue(), 40, at + tokens, 0, 5));
            int wide = problem.spec().queryWidth();
            for (int row = 0; row < 2; row++) {
                assertSameBits(
                        Arrays.copyOfRange(expected.y(), (row * 37 + at) * wide, (row * 37 + at + tokens) * wide),
                        Arrays.copyOfRange(part.y(), row * tokens * wide, (row + 1) * tokens * wide));
            }
            at += tokens;
        }
        assertSameBits(expected.presentKey(), whole.pastKey());
        assertSameBits(expected.presentValue(), whole.pastValue());
    }

    @Test
    void aPaddedRowGetsTheBitsOfTheRowAlone() {
        GroupQueryAttentionProblem problem = random.problem(4, 1, 48);
        int width = problem.spec().joinedWidth();
        GroupQueryAttentionInputs padded = random.joined(problem, 20, 0, 20, 7, 20, 0);
        Result result = RandomAttention.run(problem, padded);
        float[] own = Arrays.copyOfRange(padded.query(), 7 * width, 20 * width);
        Result alone = RandomAttention.run(
                problem, GroupQueryAttentionInputs.joined(13, own, new float[0], new float[0], 0, 13, 0));
        int wide = problem.spec().queryWidth();
        assertSameBits(new float[7 * wide], Arrays.copyOf(result.y(), 7 * wide));
        assertSameBits(alone.y(), Arrays.copyOfRange(result.y(), 7 * wide, 20 * wide));
        assertSameBits(new float[7 * 48], Arrays.copyOf(result.presentKey(), 7 * 48));
        assertSameBits(alone.presentKey(), Arrays.copyOfRange(result.presentKey(), 7 * 48, 20 * 48));
        assertSameBits(alone.presentValue(), Arrays.copyOfRange(result.presentValue(), 7 * 48, 20 * 48));
        assertSameBits(new float[20 * wide], Arrays.copyOfRange(result.y(), 20 * wide, 40 * wide));
    }

    @Test
    void whatIsNotNewIsCopied() {
        GroupQueryAttentionProblem problem = random.problem(2, 2, 16);
        GroupQueryAttentionInputs inputs = random.joined(problem, 2, 9, 7, 0, 3);
        Result copied = RandomAttention.run(problem, inputs);
        for (int head = 0; head < 4; head++) {
            for (int column : new int[] {0, 1, 2, 3, 4, 7, 8}) {
                int from = (head * 9 + column) * 16;
                assertSameBits(
                        Arrays.copyOfRange(inputs.pastKey(), from, from + 16),
                        Arrays.copyOfRange(copied.presentKey(), from, from + 16));
            }
        }
        Result inPlace = RandomAttention.runInPlace(problem, inputs);
        assertSameBits(copied.y(), inPlace.y());
        assertSameBits(copied.presentKey(), inPlace.presentKey());
        assertSameBits(copied.presentValue(), inPlace.presentValue());
    }

    @Test
    void keysAndValuesMayComeApart() {
        GroupQueryAttentionProblem problem = random.problem(4, 2, 16);
        GroupQueryAttentionInputs inputs = random.joined(problem, 3, 4, 6, 0, 2);
        int width = problem.spec().joinedWidth();
        float[] query = columns(inputs.query(), width, 0, 64);
        float[] key = columns(inputs.query(), width, 64, 96);
        float[] value = columns(inputs.query(), width, 96, 128);
        Result apart = RandomAttention.run(
                problem,
                new GroupQueryAttentionInputs(
                        3, query, key, value, inputs.pastKey(), inputs.pastValue(), 4, 6, inputs.padding()));
        Result joined = RandomAttention.run(problem, inputs);
        assertSameBits(joined.y(), apart.y());
        assertSameBits(joined.presentKey(), apart.presentKey());
        assertSameBits(joined.presentValue(), apart.presentValue());
    }

    static void assertSameBits(float[] expected, float[] actual) {
        assertEquals(expected.length, actual.length);
        for (int i = 0; i < expected.length; i++) {
            int place = i;
            assertEquals(
                    Float.floatToRawIntBits(expected[i]), Float.floatToRawIntBits(actual[i]), () -> "element " + place);
        }
    }

    private static double[] rotated(float[] x, int from, int position) {
        double[] rotated = new double[32];
        for (int d = 0; d < 16; d++) {
            double angle = position * Math.pow(10000, -d / 16.0);
            rotated[d] = x[from + d] * Math.cos(angle) - x[from + 16 + d] * Math.sin(angle);
            rotated[16 + d] = x[from + 16 + d] * Math.cos(angle) + x[from + d] * Math.sin(angle);
        }
        return rotated;
    }

    private static float[] joined(float[]... parts) {
        float[] joined = new float[parts.length * 16];
        for (int i = 0; i < parts.length; i++) {
            System.arraycopy(parts[i], 0, joined, i * 16, 16);
        }
        return joined;
    }

    private static float[] columns(float[] rows, int width, int from, int to) {
        float[] columns = new float[rows.length / width * (to - from)];
        for (int row = 0; row < rows.length / width; row++) {
            System.arraycopy(rows, row * width + from, columns, row * (to - from), to - from);
        }
        return columns;
    }
}
