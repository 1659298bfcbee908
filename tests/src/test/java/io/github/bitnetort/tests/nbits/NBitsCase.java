package io.github.bitnetort.tests.nbits;

import io.github.bitnetort.export.SingleNBitsModel;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.ops.CustomMatMulNBits;
import io.github.bitnetort.ops.MatMulNBitsProblem;
import io.github.bitnetort.ops.MatMulNBitsSpec;
import io.github.bitnetort.ops.ScalarMatMulNBits;
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
public record NBitsCase(MatMulNBitsProblem problem, Content content, int m, float[] x, float[] expected)
        implements MatMulCase {
    private static final int[] ODD = {0x7fc00000, 0xffc12345, 0x7f800001, 0x7f800000, 0xff800000};

    /** What weights and activations are. */
    public enum Content {
        RANDOM,
        /** Rows at both ends of binary32, subnormal numbers, ties, zeros of both signs. */
        MAGNITUDES,
        /** The largest sums there are. */
        EXTREME,
        /** A NaN or an infinity in some rows: the portable body promises nothing. */
        NOT_FINITE
    }

    /** All cases: each width and block size at its edges of N, K and M. */
    public static List<NBitsCase> all() {
        List<NBitsCase> cases = new ArrayList<>();
        for (int bits : MatMulNBitsSpec.BITS) {
            for (int block : MatMulNBitsSpec.BLOCK_SIZES) {
                int step = block > 0 ? block : bits == 4 ? 2 : 1;
                for (int k : new int[] {1, 17, 63, 64, 65, 128, 130, 300, 1030}) {
                    add(cases, bits, block, 1 + k % 7, up(k, step), k % 4, Content.RANDOM);
                }
                for (int n : new int[] {1, 3, 4, 5, 16, 17, 33}) {
                    add(cases, bits, block, n, up(96, step), 1, Content.RANDOM);
                }
                for (int m : new int[] {0, 1, 2, 3, 4, 5, 8, 15, 16, 17, 33}) {
                    add(cases, bits, block, 9, up(80, step), m, Content.RANDOM);
                }
                for (Content content : Content.values()) {
                    add(cases, bits, block, 18, up(520, step), 6, content);
                }
                add(cases, bits, block, 1200, up(1024, step), 1, Content.RANDOM); // several tasks
                add(cases, bits, block, 2, up(8200, step), 3, Content.EXTREME);
            }
        }
        return cases;
    }

    private static int up(int k, int step) {
        return (k + step - 1) / step * step;
    }

    private static void add(List<NBitsCase> cases, int bits, int block, int n, int k, int m, Content content) {
        MatMulNBitsSpec spec = new MatMulNBitsSpec(n, k, bits, block);
        Random random = new Random(cases.size());
        byte[] weights = new byte[n * spec.rowBytes()];
        random.nextBytes(weights);
        float[] scale = new float[n * spec.blocks()];
        for (int i = 0; i < scale.length; i++) {
            scale[i] = (float) random.nextGaussian() * 0.01f;
        }
        float[] x = new float[m * k];
        for (int i = 0; i < x.length; i++) {
            x[i] = activation(content, random, i / k, i % k);
        }
        for (int i = 0; i < weights.length && content == Content.EXTREME; i++) {
            weights[i] = (byte) (i / spec.rowBytes() % 2 == 0 ? 0 : 0xff);
        }
        for (int row = 0; row < m && content == Content.NOT_FINITE; row += 2) {
            x[row * k + new int[] {0, k / 2, k - 1}[row % 3]] = Float.intBitsToFloat(ODD[row % ODD.length]);
        }
        MatMulNBitsProblem problem = new MatMulNBitsProblem(spec, weights, scale);
        float[] y = new float[m * n];
        ScalarMatMulNBits.compute(problem, x, m, y);
        cases.add(new NBitsCase(problem, content, m, x, y));
    }

    private static float activation(Content content, Random random, int row, int k) {
        float normal = (float) random.nextGaussian();
        return switch (content) {
            case RANDOM, NOT_FINITE -> normal;
            case EXTREME -> row % 2 == 0 ? 3f : k == 0 ? -1f : -64f / 16319;
            case MAGNITUDES ->
                switch (row % 6) {
                    case 0 -> Float.MIN_VALUE * (random.nextInt(2001) - 1000);
                    case 1 -> Float.MAX_VALUE * (random.nextFloat() * 2 - 1);
                    case 2 -> random.nextBoolean() ? 0f : -0f;
                    case 3 -> k == 0 ? 16319f : random.nextInt(32638) - 16319 + 0.5f; // s is 1, about: ties
                    case 4 -> normal * 1e-30f; // around the floor of the absolute maximum
                    default -> normal * 1e10f;
                };
        };
    }

    @Override
    public String opType() {
        return CustomMatMulNBits.OP_TYPE;
    }

    @Override
    public OnnxModel model(boolean functionBody) {
        return new SingleNBitsModel(problem, functionBody, leading().length + 1).toModel();
    }

    @Override
    public int inputWidth() {
        return problem.spec().k();
    }

    @Override
    public int outputWidth() {
        return problem.spec().n();
    }

    @Override
    public boolean isPortable() {
        return content != Content.NOT_FINITE;
    }

    @Override
    public double tolerance(int output, int index) {
        MatMulNBitsSpec spec = problem.spec();
        return spec.blockSize() == 0 ? -1 : NBitsTolerance.of(this, index / spec.n(), index % spec.n());
    }

    @Override
    public long weightBytes() {
        return problem.weights().length;
    }

    @Override
    public String toString() {
        return problem.spec() + ", M = " + m + ", " + content;
    }
}
