package io.github.bitnetort.tests.gatedunit;

import io.github.bitnetort.export.SingleGatedUnitModel;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.ops.CustomGatedUnit;
import io.github.bitnetort.ops.GatedUnitSpec;
import io.github.bitnetort.ops.RandomProblems;
import io.github.bitnetort.ops.RmsNormProblem;
import io.github.bitnetort.ops.ScalarGatedUnit;
import io.github.bitnetort.tests.Leading;
import io.github.bitnetort.tests.op.RowsCase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * One run of the op with the answer of the oracle.
 *
 * @param finite whether X is, and the sums of squares that a norm takes: the portable body promises nothing else
 * @param leading X's dimensions but the last
 * @param x [..., 2 N]
 * @param expected Y, [..., N]
 */
public record GatedUnitCase(GatedUnitSpec spec, boolean finite, long[] leading, float[] x, float[] expected)
        implements RowsCase {
    private static final int[] ODD = {
        0x7fc00000, 0xffc12345, 0x7f800001, 0x7f800000, 0xff800000, 0xffffffff, 0, 0x80000000, 1, 0x80000001
    };

    /** All cases: edges of N and M, each rank, finite numbers of every magnitude, and others. */
    public static List<GatedUnitCase> all() {
        List<GatedUnitCase> cases = new ArrayList<>();
        for (int n : new int[] {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 6912}) {
            addRanks(cases, n, false);
        }
        for (int n : new int[] {16, 32, 48, 64, 80, 6912}) {
            addRanks(cases, n, true);
        }
        for (boolean finite : new boolean[] {true, false}) { // several tasks
            add(cases, new GatedUnitSpec(17), finite, 2500);
            add(cases, new GatedUnitSpec(48, Optional.of(norm(48))), finite, 900);
        }
        return cases;
    }

    private static void addRanks(List<GatedUnitCase> cases, int n, boolean normed) {
        GatedUnitSpec spec = new GatedUnitSpec(n, normed ? Optional.of(norm(n)) : Optional.empty());
        for (boolean finite : new boolean[] {true, false}) {
            for (long[] leading : Leading.EACH_RANK) {
                add(cases, spec, finite, leading);
            }
        }
    }

    private static RmsNormProblem norm(int n) {
        return new RmsNormProblem(1e-5f, RandomProblems.floats(n, new Random(n)));
    }

    private static void add(List<GatedUnitCase> cases, GatedUnitSpec spec, boolean finite, long... leading) {
        int n = spec.n();
        int m = Leading.rows(leading);
        Random random = new Random(cases.size());
        float largest = spec.norm().isPresent() ? 1e4f : 1e15f;
        float[] x = new float[m * spec.width()];
        for (int i = 0; i < x.length; i++) {
            x[i] = finite ? finiteNumber(random, largest) : anyNumber(random);
        }
        float[] y = new float[m * n];
        ScalarGatedUnit.compute(spec, x, m, y);
        cases.add(new GatedUnitCase(spec, finite, leading, x, y));
    }

    /** None whose square overflows: an infinity times zero is a NaN, of whose bits the body says nothing. */
    private static float finiteNumber(Random random, float largest) {
        float normal = (float) random.nextGaussian();
        return switch (random.nextInt(6)) {
            case 0 -> normal * 1e-23f;
            case 1 -> normal * largest;
            case 2 -> random.nextBoolean() ? 0f : -0f;
            case 3 -> Float.MIN_VALUE * random.nextInt(1000);
            default -> normal;
        };
    }

    private static float anyNumber(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> Float.intBitsToFloat(ODD[random.nextInt(ODD.length)]);
            case 1 -> Float.intBitsToFloat(random.nextInt());
            default -> (float) random.nextGaussian();
        };
    }

    @Override
    public String opType() {
        return CustomGatedUnit.OP_TYPE;
    }

    @Override
    public OnnxModel model(boolean functionBody) {
        return new SingleGatedUnitModel(spec, functionBody, leading.length + 1).toModel();
    }

    @Override
    public int inputWidth() {
        return spec.width();
    }

    @Override
    public int outputWidth() {
        return spec.n();
    }

    @Override
    public boolean isPortable() {
        return finite;
    }

    @Override
    public String toString() {
        return CustomGatedUnit.OP_TYPE + " of " + spec.n() + " columns"
                + (spec.norm().isPresent() ? " and a norm" : "") + ", leading " + Arrays.toString(leading)
                + (finite ? "" : ", not finite");
    }
}
