package io.github.bitnetort.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class BitMatMulSpecTest {
    private static void refused(String message, Executable executable) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, executable).getMessage());
    }

    private static BitMatMulSpec spec(int n, int k, Packing packing, Activation activation, int blockSize) {
        return new BitMatMulSpec(n, k, packing, activation, blockSize);
    }

    @Test
    void theLargestKKeepsSumsBelowTwoToThe24() {
        assertTrue(CustomBitMatMul.MAX_K * 127L < 1 << 24);
        assertTrue((CustomBitMatMul.MAX_K + 1) * 127L >= 1 << 24);
        assertEquals(
                132104, spec(1, 132104, Packing.TERNARY16, Activation.INT8, 0).k());
    }

    @Test
    void badAttributesAreRefusedByName() {
        refused("K: found 0, wanted 1..132104", () -> spec(1, 0, Packing.TERNARY16, Activation.INT8, 0));
        refused("K: found 132105, wanted 1..132104", () -> spec(1, 132105, Packing.TERNARY16, Activation.INT8, 0));
        refused("N: found -3, wanted 1..2147483647", () -> spec(-3, 1, Packing.TERNARY16, Activation.INT8, 0));
        refused("packing: found none, wanted one", () -> spec(1, 1, null, Activation.INT8, 0));
        refused("activation: found none, wanted one", () -> spec(1, 1, Packing.TERNARY16, null, 0));
        refused(
                "block_size: found 48, wanted one of [0, 32, 64, 128, 256]",
                () -> spec(1, 96, Packing.TERNARY16, Activation.INT8, 48));
        refused(
                "K: found 65, wanted a multiple of block_size 32",
                () -> spec(1, 65, Packing.TERNARY16, Activation.INT8, 32));
        refused(
                "packing: found ternary20 with block_size 32, wanted binary32 or ternary16",
                () -> spec(1, 64, Packing.TERNARY20, Activation.INT8, 32));
        refused(
                "block_size: found 32 with activation sign, wanted 0",
                () -> spec(1, 64, Packing.BINARY32, Activation.SIGN, 32));
        refused(
                "N x K: found 2147483647 x 16, which is 2147483648 packed words, wanted at most 2147483647",
                () -> spec(Integer.MAX_VALUE, 16, Packing.TERNARY16, Activation.INT8, 0));
        refused(
                "packing: found \"ternary8\", wanted one of binary32, ternary16, ternary20",
                () -> Packing.fromOnnxName("ternary8"));
        refused("activation: found \"INT8\", wanted one of int8, sign", () -> Activation.fromOnnxName("INT8"));
    }

    @Test
    void namesOfTheAttributesAreTheEnumsOwn() {
        for (Packing packing : Packing.values()) {
            assertEquals(packing, Packing.fromOnnxName(packing.onnxName()));
        }
        for (Activation activation : Activation.values()) {
            assertEquals(activation, Activation.fromOnnxName(activation.onnxName()));
        }
    }

    @Test
    void scaleHasThreeShapes() {
        BitMatMulSpec plain = spec(33, 64, Packing.TERNARY16, Activation.INT8, 0);
        assertArrayEquals(new long[] {1}, plain.scaleShape(ScaleKind.TENSOR));
        assertArrayEquals(new long[] {33}, plain.scaleShape(ScaleKind.ROW));
        refused("scale: found BLOCK with block_size 0", () -> plain.scaleShape(ScaleKind.BLOCK));
        refused("scale: found length 2, wanted 1 or 33", () -> plain.scaleKind(2));

        BitMatMulSpec blocked = spec(33, 64, Packing.TERNARY16, Activation.INT8, 32);
        assertArrayEquals(new long[] {3, 2, 16}, blocked.scaleShape(ScaleKind.BLOCK));
        refused("scale: found ROW with block_size 32", () -> blocked.scaleShape(ScaleKind.ROW));
        refused("scale: found length 33, wanted 96", () -> blocked.scaleKind(33));
        assertEquals((2 * 2 + 1) * 16, blocked.scaleIndex(ScaleKind.BLOCK, 32, 1));
    }

    @Test
    void constantsThatDoNotFitAreRefused() {
        BitMatMulSpec spec = spec(2, 3, Packing.TERNARY16, Activation.INT8, 0);
        PackedWeights weights = PackedWeights.of(spec.layout(), new int[16]);
        PackedWeights other = PackedWeights.of(new PackedLayout(2, 4, Packing.TERNARY16), new int[16]);
        float[] one = {1};
        refused(
                "W: found PackedLayout[n=2, k=4, packing=TERNARY16], wanted PackedLayout[n=2, k=3, packing=TERNARY16]",
                () -> new BitMatMulProblem(spec, other, one, null));
        refused("bias: found length 1, wanted 2", () -> new BitMatMulProblem(spec, weights, one, one));
        refused(
                "scale[1]: found NaN, wanted a finite number",
                () -> new BitMatMulProblem(spec, weights, new float[] {1, Float.NaN}, null));
        refused(
                "bias[0]: found Infinity, wanted a finite number",
                () -> new BitMatMulProblem(spec, weights, one, new float[] {Float.POSITIVE_INFINITY, 0}));
        PackedWeights invalid =
                PackedWeights.of(spec.layout(), new int[] {3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        refused(
                "W: weight [n=0, k=0]: found byte 0x3, wanted codes 0, 1 or 2 in its bit pairs",
                () -> new BitMatMulProblem(spec, invalid, one, null));
    }

    @Test
    void shortBuffersAreRefused() {
        BitMatMulProblem problem = RandomProblems.problem(spec(2, 3, Packing.TERNARY16, Activation.INT8, 0), false, 1);
        BitMatMul scalar = new ScalarBitMatMul();
        refused("M: found -1, wanted 0..2147483647", () -> scalar.compute(problem, new float[3], -1, new float[2]));
        refused("X: found length 5, wanted at least 6", () -> scalar.compute(problem, new float[5], 2, new float[4]));
        refused("Y: found length 3, wanted at least 4", () -> scalar.compute(problem, new float[6], 2, new float[3]));
    }
}
