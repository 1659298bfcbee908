package io.github.bitnetort.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The oracle against results worked by hand. */
class ScalarBitMatMulTest {
    private static final float NAN = Float.NaN;

    private static BitMatMulProblem problem(BitMatMulSpec spec, byte[][] weights, float[] scale, float[] bias) {
        int[] words = WeightPacker.pack(
                spec.layout(), (n, dst, offset) -> System.arraycopy(weights[n], 0, dst, offset, spec.k()));
        return new BitMatMulProblem(spec, PackedWeights.of(spec.layout(), words), scale, bias);
    }

    private static void gives(int[] bits, BitMatMulProblem problem, int m, float... x) {
        float[] y = new float[m * problem.spec().n()];
        new ScalarBitMatMul().compute(problem, x, m, y);
        int[] actual = new int[y.length];
        for (int i = 0; i < y.length; i++) {
            actual[i] = Float.floatToRawIntBits(y[i]);
        }
        assertArrayEquals(bits, actual);
    }

    private static int[] bits(float... values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }

    @Test
    void int8WithBiasAndAScaleForEachRow() {
        // absmax 127, so s = 1 (1 / 127 * 127 in binary32), q = x: -64 + 2, 127 - 64 + 2, and their scales and biases.
        BitMatMulSpec spec = new BitMatMulSpec(2, 3, Packing.TERNARY16, Activation.INT8, 0);
        BitMatMulProblem problem =
                problem(spec, new byte[][] {{0, 1, 1}, {1, 1, 1}}, new float[] {0.5f, -2f}, new float[] {1f, 0.25f});
        gives(bits(-31f + 1f, -130f + 0.25f), problem, 1, 127f, -64f, 2f);
    }

    @Test
    void theEpiloguesOrderOfTheContract() {
        // absmax 3; q = {127, 1, 2}: 3 * s = 127, 0.02 * s = 0.85, 0.04 * s = 1.7.
        BitMatMulSpec spec = new BitMatMulSpec(1, 3, Packing.TERNARY16, Activation.INT8, 0);
        gives(
                new int[] {0x3be836d3},
                problem(spec, new byte[][] {{0, 1, 1}}, new float[] {0.1f}, null),
                1,
                3f,
                0.02f,
                0.04f);
    }

    @Test
    void binaryWeightsAndSignActivations() {
        BitMatMulSpec spec = new BitMatMulSpec(1, 3, Packing.BINARY32, Activation.SIGN, 0);
        BitMatMulProblem problem = problem(spec, new byte[][] {{1, -1, -1}}, new float[] {0.5f}, new float[] {10f});
        // signs + - +: 1 + 1 - 1; signs - + + (of -0): -1 - 1 - 1.
        gives(bits(10.5f, 8.5f), problem, 2, 7f, -1e-30f, 0f, -7f, 1f, -0f);
    }

    @Test
    void blocksHaveTheirOwnScales() {
        BitMatMulSpec spec = new BitMatMulSpec(1, 64, Packing.TERNARY16, Activation.INT8, 32);
        byte[][] weights = new byte[1][64];
        weights[0][0] = 1;
        weights[0][1] = -1;
        weights[0][40] = 1;
        float[] scale = new float[2 * 16];
        scale[0] = 2f;
        scale[16] = 3f;
        float[] x = new float[64];
        x[0] = 127f;
        x[1] = 7f;
        x[40] = -254f;
        // Block 0: (127 - 7) * 2 * 1; block 1: q = -127, 1 / s = 2.
        gives(bits(240f - 762f), problem(spec, weights, scale, null), 1, x);
    }

    @Test
    void aRowThatIsNotFiniteIsNaNAndOthersAreNot() {
        for (Activation activation : Activation.values()) {
            BitMatMulSpec spec = new BitMatMulSpec(2, 1, Packing.TERNARY16, activation, 0);
            BitMatMulProblem problem = problem(spec, new byte[][] {{1}, {0}}, new float[] {1f}, null);
            float odd = Float.intBitsToFloat(0xffc12345);
            float one = activation == Activation.SIGN ? 1f : 127f;
            gives(bits(one, 0f, NAN, NAN, NAN, NAN), problem, 3, 127f, odd, Float.NEGATIVE_INFINITY);
        }
    }

    @Test
    void infinitiesOfBothSignsGiveTheOneNaN() {
        BitMatMulSpec spec = new BitMatMulSpec(1, 64, Packing.TERNARY16, Activation.INT8, 32);
        byte[][] weights = new byte[1][64];
        weights[0][0] = 1;
        weights[0][32] = -1;
        float[] scale = new float[2 * 16];
        scale[0] = Float.MAX_VALUE;
        scale[16] = Float.MAX_VALUE;
        float[] x = new float[64];
        x[0] = 1f;
        x[32] = 1f;
        gives(new int[] {0x7fc00000}, problem(spec, weights, scale, null), 1, x);
    }

    @Test
    void zeroHasTheSignOfTheScaleWithoutBlocks() {
        BitMatMulSpec spec = new BitMatMulSpec(2, 1, Packing.TERNARY16, Activation.INT8, 0);
        BitMatMulProblem problem = problem(spec, new byte[][] {{0}, {0}}, new float[] {-1f, 1f}, null);
        gives(bits(-0f, 0f), problem, 1, 5f);
    }

    @Test
    void theLargestKIsExact() {
        int k = CustomBitMatMul.MAX_K;
        BitMatMulSpec spec = new BitMatMulSpec(1, k, Packing.TERNARY20, Activation.INT8, 0);
        byte[][] weights = new byte[1][k];
        float[] x = new float[k];
        java.util.Arrays.fill(weights[0], (byte) -1);
        java.util.Arrays.fill(x, 127f);
        gives(bits(-127f * k), problem(spec, weights, new float[] {1f}, null), 1, x);
        assertEquals(-16777208f, -127f * k);
    }

    @Test
    void noRowsGiveNothing() {
        BitMatMulSpec spec = new BitMatMulSpec(1, 1, Packing.TERNARY16, Activation.INT8, 0);
        gives(new int[0], problem(spec, new byte[][] {{1}}, new float[] {1f}, null), 0);
    }
}
