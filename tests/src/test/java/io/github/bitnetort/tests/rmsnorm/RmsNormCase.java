package io.github.bitnetort.tests.rmsnorm;

import io.github.bitnetort.export.SingleRmsNormModel;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.ops.CustomRmsNorm;
import io.github.bitnetort.ops.RandomProblems;
import io.github.bitnetort.ops.RmsNormProblem;
import io.github.bitnetort.ops.ScalarRmsNorm;
import io.github.bitnetort.tests.Leading;
import io.github.bitnetort.tests.op.RowsCase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * One run of the op with the answer of the oracle.
 *
 * @param finite whether X and the sums of its squares are: the portable body promises nothing else
 * @param leading X's dimensions but the last
 * @param x [..., N]
 * @param expected Y, [..., N]
 */
public record RmsNormCase(RmsNormProblem problem, boolean finite, long[] leading, float[] x, float[] expected)
        implements RowsCase {
    private static final int[] ODD = {0x7fc00000, 0xffc12345, 0x7f800001, 0x7f800000, 0xff800000};

    /** All cases: edges of N and M, each rank, finite numbers of every magnitude, and others. */
    public static List<RmsNormCase> all() {
        List<RmsNormCase> cases = new ArrayList<>();
        for (int n : new int[] {16, 32, 48, 64, 80, 128, 144, 2560, 6912}) {
            for (boolean finite : new boolean[] {true, false}) {
                for (long[] leading : Leading.EACH_RANK) {
                    add(cases, n, finite, leading);
                }
            }
        }
        add(cases, 48, true, 900); // several tasks
        add(cases, 48, false, 900);
        return cases;
    }

    private static void add(List<RmsNormCase> cases, int n, boolean finite, long... leading) {
        int m = Leading.rows(leading);
        Random random = new Random(cases.size());
        float[] weight = RandomProblems.floats(n, random);
        RmsNormProblem problem = new RmsNormProblem(random.nextBoolean() ? 1e-5f : 1e-6f, weight);
        float[] x = new float[m * n];
        for (int i = 0; i < x.length; i++) {
            x[i] = number(random, finite ? i / n % 4 : i / n % 5);
        }
        for (int row = 0; row < m && !finite; row += 3) {
            x[row * n + random.nextInt(n)] = Float.intBitsToFloat(ODD[random.nextInt(ODD.length)]);
        }
        float[] y = new float[m * n];
        ScalarRmsNorm.compute(problem, x, m, y);
        cases.add(new RmsNormCase(problem, finite, leading, x, y));
    }

    /** Of rows as they are, of such that epsilon makes, of zeros, of wide ranges, and of such whose squares overflow. */
    private static float number(Random random, int kind) {
        float normal = (float) random.nextGaussian();
        return switch (kind) {
            case 0 -> normal;
            case 1 -> normal * 1e-3f;
            case 2 -> random.nextBoolean() ? 0f : -0f;
            case 3 -> normal * (random.nextInt(3) == 0 ? 1e15f : 1e-25f);
            default -> normal * 1e25f;
        };
    }

    @Override
    public String opType() {
        return CustomRmsNorm.OP_TYPE;
    }

    @Override
    public OnnxModel model(boolean functionBody) {
        return new SingleRmsNormModel(problem, functionBody, leading.length + 1).toModel();
    }

    @Override
    public int inputWidth() {
        return problem.n();
    }

    @Override
    public int outputWidth() {
        return problem.n();
    }

    @Override
    public boolean isPortable() {
        return finite;
    }

    @Override
    public String toString() {
        return CustomRmsNorm.OP_TYPE + " of " + problem.n() + " columns, epsilon " + problem.epsilon() + ", leading "
                + Arrays.toString(leading) + (finite ? "" : ", not finite");
    }
}
