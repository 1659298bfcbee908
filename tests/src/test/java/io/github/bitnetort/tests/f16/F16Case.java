package io.github.bitnetort.tests.f16;

import io.github.bitnetort.export.SingleF16Model;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.ops.CustomMatMulF16;
import io.github.bitnetort.ops.Float16;
import io.github.bitnetort.ops.MatMulF16Problem;
import io.github.bitnetort.ops.ScalarMatMulF16;
import io.github.bitnetort.tests.op.MatMulCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One product with the answer of the oracle.
 *
 * @param content what kind of numbers it is of
 * @param x [m, K]
 * @param expected Y, [m, N]
 */
public record F16Case(MatMulF16Problem problem, Content content, int m, float[] x, float[] expected)
        implements MatMulCase {
    private static final int[] ODD = {0x7fc00000, 0xffc12345, 0x7f800001, 0x7f800000, 0xff800000};
    private static final int INFINITY = 0x7c00;

    /** What weights and activations are. */
    public enum Content {
        RANDOM,
        /** Any finite float16, and rows of X at both ends of binary32, subnormal numbers, zeros of both signs. */
        MAGNITUDES,
        /** A NaN or an infinity in some rows, of W too, and sums that overflow: the portable body promises nothing. */
        NOT_FINITE
    }

    /** All cases: each content, and the edges of N, K and M. */
    public static List<F16Case> all() {
        List<F16Case> cases = new ArrayList<>();
        for (Content content : Content.values()) {
            for (int k = 1; k <= 68; k++) {
                add(cases, 1 + k % 7, k, k % 4, content);
            }
            for (int k : new int[] {127, 128, 130, 300, 1030}) {
                add(cases, 3, k, 2, content);
            }
            for (int n = 1; n <= 19; n++) {
                add(cases, n, 96, 1 + n % 2, content);
            }
            for (int m = 0; m <= 20; m++) {
                add(cases, 9, 80, m, content);
            }
            add(cases, 33, 70, 65, content);
            add(cases, 1200, 1024, 1, content); // several tasks, and several steps of the body
            add(cases, 90, 8200, 3, content);
        }
        return cases;
    }

    private static void add(List<F16Case> cases, int n, int k, int m, Content content) {
        Random random = new Random(cases.size());
        short[] weights = new short[n * k];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = content == Content.RANDOM
                    ? Float16.fromFloat((float) random.nextGaussian() * 0.05f)
                    : finite(random.nextInt());
        }
        float[] x = new float[m * k];
        for (int i = 0; i < x.length; i++) {
            x[i] = activation(content, random, i / k, k);
        }
        if (content == Content.NOT_FINITE) {
            for (int row = 0; row < m; row += 2) {
                x[row * k + new int[] {0, k / 2, k - 1}[row % 3]] = Float.intBitsToFloat(ODD[row % ODD.length]);
            }
            for (int row = 1; row < n; row += 3) {
                weights[row * k + random.nextInt(k)] = (short) (INFINITY | random.nextInt(0x10000));
            }
        }
        MatMulF16Problem problem = new MatMulF16Problem(n, k, weights);
        float[] y = new float[m * n];
        ScalarMatMulF16.compute(problem, x, m, y);
        cases.add(new F16Case(problem, content, m, x, y));
    }

    private static short finite(int bits) {
        return (short) ((bits & INFINITY) == INFINITY ? bits & ~0x4000 : bits);
    }

    private static float activation(Content content, Random random, int row, int k) {
        float normal = (float) random.nextGaussian();
        if (content == Content.RANDOM) {
            return normal;
        }
        float largest = content == Content.MAGNITUDES ? Float.MAX_VALUE / Float16.MAX_VALUE / k : Float.MAX_VALUE;
        return switch (row % 5) {
            case 0 -> normal;
            case 1 -> Float.MIN_VALUE * (random.nextInt(2001) - 1000);
            case 2 -> largest * (random.nextFloat() * 2 - 1);
            case 3 -> random.nextBoolean() ? 0f : -0f;
            default -> normal * (float) Math.pow(10, random.nextInt(9) - 4);
        };
    }

    @Override
    public String opType() {
        return CustomMatMulF16.OP_TYPE;
    }

    @Override
    public OnnxModel model(boolean functionBody) {
        return new SingleF16Model(problem, functionBody, leading().length + 1).toModel();
    }

    @Override
    public int inputWidth() {
        return problem.k();
    }

    @Override
    public int outputWidth() {
        return problem.n();
    }

    @Override
    public boolean isPortable() {
        return content != Content.NOT_FINITE;
    }

    @Override
    public long weightBytes() {
        return (long) Short.BYTES * problem.weights().length;
    }

    /** How far apart sums in any two orders can be, with or without products rounded on their own. */
    @Override
    public double tolerance(int output, int index) {
        int k = problem.k();
        double sum = 0;
        for (int i = 0; i < k; i++) {
            sum += Math.abs((double) problem.weight(index % problem.n(), i) * x[index / problem.n() * k + i]);
        }
        return (k + k / 16 + 6) * (0x1p-24 * sum + Float.MIN_VALUE);
    }

    @Override
    public String toString() {
        return "float16, N = " + problem.n() + ", K = " + problem.k() + ", M = " + m + ", " + content;
    }
}
