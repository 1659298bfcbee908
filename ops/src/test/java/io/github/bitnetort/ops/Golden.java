package io.github.bitnetort.ops;

import java.util.Arrays;
import java.util.List;

/**
 * A small problem with the bits of Y worked by hand.
 *
 * @param x [m, K]
 * @param bits of Y, [m, N]
 */
public record Golden(String name, BitMatMulProblem problem, int m, float[] x, int[] bits) {
    private static final float NAN = Float.intBitsToFloat(0x7fc00000);
    private static final float NEGATIVE_NAN_WITH_PAYLOAD = Float.intBitsToFloat(0xffc12345);

    @Override
    public String toString() {
        return name;
    }

    public static List<Golden> all() {
        return List.of(
                rowScalesAndBias(),
                epilogueOrder(),
                binarySigns(),
                blocks(),
                notFinite(Activation.INT8, 127f),
                notFinite(Activation.SIGN, 1f),
                oppositeInfinities(),
                signOfZero(),
                largestK(),
                noRows());
    }

    /** The absolute maximum is 127, so s is 1 and q is x. */
    private static Golden rowScalesAndBias() {
        BitMatMulSpec spec = new BitMatMulSpec(2, 3, Packing.TERNARY16, Activation.INT8, 0);
        byte[][] weights = {{0, 1, 1}, {1, 1, 1}};
        float[] scale = {0.5f, -2f};
        float[] bias = {1f, 0.25f};
        return golden("row scales and bias", spec, weights, scale, bias, floats(127, -64, 2), -31f + 1f, -130f + 0.25f);
    }

    /** The contract's counter-example: q is 127, 1, 2 for 3 · s = 127, 0.02 · s = 0.85, 0.04 · s = 1.7. */
    private static Golden epilogueOrder() {
        BitMatMulSpec spec = new BitMatMulSpec(1, 3, Packing.TERNARY16, Activation.INT8, 0);
        float y = Float.intBitsToFloat(0x3be836d3);
        return golden(
                "epilogue order", spec, new byte[][] {{0, 1, 1}}, floats(0.1f), null, floats(3f, 0.02f, 0.04f), y);
    }

    /** Signs + − + give 1 + 1 − 1; signs − + + (of −0) give −1 − 1 − 1. */
    private static Golden binarySigns() {
        BitMatMulSpec spec = new BitMatMulSpec(1, 3, Packing.BINARY32, Activation.SIGN, 0);
        float[] x = {7f, -1e-30f, 0f, -7f, 1f, -0f};
        return golden("binary signs", spec, new byte[][] {{1, -1, -1}}, floats(0.5f), floats(10f), x, 10.5f, 8.5f);
    }

    /** Block 0 is (127 − 7) · 2 · 1; in block 1, q is −127 and 1 / s is 2. */
    private static Golden blocks() {
        BitMatMulSpec spec = new BitMatMulSpec(1, 64, Packing.TERNARY16, Activation.INT8, 32);
        byte[][] weights = new byte[1][64];
        weights[0][0] = 1;
        weights[0][1] = -1;
        weights[0][40] = 1;
        float[] x = new float[64];
        x[0] = 127f;
        x[1] = 7f;
        x[40] = -254f;
        return golden("blocks", spec, weights, blockScale(2f, 3f), null, x, 240f - 762f);
    }

    private static Golden notFinite(Activation activation, float one) {
        BitMatMulSpec spec = new BitMatMulSpec(2, 1, Packing.TERNARY16, activation, 0);
        float[] x = {127f, NEGATIVE_NAN_WITH_PAYLOAD, Float.NEGATIVE_INFINITY};
        byte[][] weights = {{1}, {0}};
        String name = "rows that are not finite, " + activation.onnxName();
        return golden(name, spec, weights, floats(1f), null, x, one, 0f, NAN, NAN, NAN, NAN);
    }

    /** 127 · MAX_VALUE overflows in both blocks, with both signs. */
    private static Golden oppositeInfinities() {
        BitMatMulSpec spec = new BitMatMulSpec(1, 64, Packing.TERNARY16, Activation.INT8, 32);
        byte[][] weights = new byte[1][64];
        weights[0][0] = 1;
        weights[0][32] = -1;
        float[] x = new float[64];
        x[0] = 1f;
        x[32] = 1f;
        float[] scale = blockScale(Float.MAX_VALUE, Float.MAX_VALUE);
        return golden("opposite infinities", spec, weights, scale, null, x, NAN);
    }

    private static Golden signOfZero() {
        BitMatMulSpec spec = new BitMatMulSpec(2, 1, Packing.TERNARY16, Activation.INT8, 0);
        return golden("sign of zero", spec, new byte[][] {{0}, {0}}, floats(-1f, 1f), null, floats(5f), -0f, 0f);
    }

    /** −127 · 132104, which is exact. */
    private static Golden largestK() {
        int k = CustomBitMatMul.MAX_K;
        BitMatMulSpec spec = new BitMatMulSpec(1, k, Packing.TERNARY20, Activation.INT8, 0);
        byte[][] weights = new byte[1][k];
        float[] x = new float[k];
        Arrays.fill(weights[0], (byte) -1);
        Arrays.fill(x, 127f);
        return golden("largest K", spec, weights, floats(1f), null, x, -16777208f);
    }

    private static Golden noRows() {
        BitMatMulSpec spec = new BitMatMulSpec(1, 1, Packing.TERNARY16, Activation.INT8, 0);
        return golden("no rows", spec, new byte[][] {{1}}, floats(1f), null, new float[0]);
    }

    private static Golden golden(
            String name, BitMatMulSpec spec, byte[][] weights, float[] scale, float[] bias, float[] x, float... y) {
        int[] words = WeightPacker.pack(
                spec.layout(), (n, dst, offset) -> System.arraycopy(weights[n], 0, dst, offset, spec.k()));
        int[] bits = new int[y.length];
        for (int i = 0; i < y.length; i++) {
            bits[i] = Float.floatToRawIntBits(y[i]);
        }
        PackedWeights packed = PackedWeights.of(spec.layout(), words);
        return new Golden(name, new BitMatMulProblem(spec, packed, scale, bias), x.length / spec.k(), x, bits);
    }

    /** Of one output row and two blocks. */
    private static float[] blockScale(float block0, float block1) {
        float[] scale = new float[2 * CustomBitMatMul.TILE_ROWS];
        scale[0] = block0;
        scale[CustomBitMatMul.TILE_ROWS] = block1;
        return scale;
    }

    private static float[] floats(float... values) {
        return values;
    }
}
