package io.github.bitnetort.ops.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMulProblem;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.PackedWeights;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.ops.RandomProblems;
import io.github.bitnetort.ops.ScalarBitMatMul;
import io.github.bitnetort.ops.WeightPacker;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Vector API at each width against the oracle: no bit differs. */
class VectorBitMatMulTest {
    private static final int[] N = {1, 15, 16, 17, 33, 500};
    private static final int[] K = {1, 3, 15, 16, 17, 19, 20, 21, 31, 32, 33, 63, 64, 65, 2561};

    private static void same(VectorBitMatMul vector, BitMatMulProblem problem, float[] x, int m, String replay) {
        float[] expected = new float[m * problem.spec().n()];
        float[] actual = new float[expected.length];
        Arrays.fill(actual, 12345f);
        new ScalarBitMatMul().compute(problem, x, m, expected);
        vector.compute(problem, x, m, actual);
        for (int i = 0; i < expected.length; i++) {
            if (Float.floatToRawIntBits(expected[i]) != Float.floatToRawIntBits(actual[i])) {
                throw new AssertionError(vector.name() + " " + problem.spec() + " M=" + m + " " + replay + ": Y[" + i
                        + "] is " + actual[i] + ", the oracle says " + expected[i]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 256, 512})
    void sameBitsAsTheOracleAroundEveryEdge(int bits) {
        VectorBitMatMul vector = new VectorBitMatMul(bits);
        int seed = 0;
        for (Packing packing : Packing.values()) {
            for (Activation activation : Activation.values()) {
                for (int n : N) {
                    for (int k : K) {
                        seed++;
                        int m = n * k > 100_000 ? 1 : seed % 6;
                        BitMatMulSpec spec = new BitMatMulSpec(n, k, packing, activation, 0);
                        BitMatMulProblem problem = RandomProblems.problem(spec, seed % 2 == 0, seed);
                        same(vector, problem, RandomProblems.floats(m * k, new Random(seed)), m, "seed=" + seed);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 256, 512})
    void sameBitsAsTheOracleInBlocks(int bits) {
        VectorBitMatMul vector = new VectorBitMatMul(bits);
        int seed = 0;
        for (Packing packing : new Packing[] {Packing.BINARY32, Packing.TERNARY16}) {
            for (int blockSize : new int[] {32, 64, 128, 256}) {
                for (int n : new int[] {1, 16, 17, 33}) {
                    for (int blocks = 1; blocks <= 3; blocks++) {
                        seed++;
                        int k = blocks * blockSize;
                        int m = seed % 4;
                        BitMatMulSpec spec = new BitMatMulSpec(n, k, packing, Activation.INT8, blockSize);
                        BitMatMulProblem problem = RandomProblems.problem(spec, seed % 2 == 0, seed);
                        same(vector, problem, RandomProblems.floats(m * k, new Random(seed)), m, "seed=" + seed);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 256, 512})
    void sameBitsInMoreRowsThanABatchSomeOfThemNotFinite(int bits) {
        for (int blockSize : new int[] {0, 32}) {
            BitMatMulSpec spec = new BitMatMulSpec(17, 64, Packing.TERNARY16, Activation.INT8, blockSize);
            float[] x = RandomProblems.floats(35 * 64, new Random(3));
            x[64 * 2 + 63] = Float.NaN;
            x[64 * 15] = Float.POSITIVE_INFINITY;
            x[64 * 16 + 40] = Float.intBitsToFloat(0xff800001);
            x[64 * 34 + 1] = Float.NEGATIVE_INFINITY;
            same(new VectorBitMatMul(bits), RandomProblems.problem(spec, true, 4), x, 35, "seeds 3, 4");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 256, 512})
    void sameBitsAtTheExtremes(int bits) {
        for (Packing packing : Packing.values()) {
            for (int k : new int[] {65, CustomBitMatMul.MAX_K}) {
                for (int weight : new int[] {-1, 1}) {
                    BitMatMulSpec spec = new BitMatMulSpec(1, k, packing, Activation.INT8, 0);
                    int[] words =
                            WeightPacker.pack(spec.layout(), (n, dst, o) -> Arrays.fill(dst, o, o + k, (byte) weight));
                    BitMatMulProblem problem = new BitMatMulProblem(
                            spec, PackedWeights.of(spec.layout(), words), new float[] {0.7f}, null);
                    float[] x = new float[2 * k];
                    Arrays.fill(x, 0, k, 3f);
                    Arrays.fill(x, k, 2 * k, -3f);
                    same(new VectorBitMatMul(bits), problem, x, 2, "weight=" + weight);
                }
            }
        }
    }

    @Test
    void weightsMayLieInAMappedBuffer() {
        BitMatMulSpec spec = new BitMatMulSpec(33, 65, Packing.TERNARY16, Activation.INT8, 0);
        BitMatMulProblem heap = RandomProblems.problem(spec, true, 9);
        IntBuffer direct = ByteBuffer.allocateDirect(4 * spec.layout().wordCount() + 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer()
                .position(1);
        for (int i = 0; i < spec.layout().wordCount(); i++) {
            direct.put(1 + i, heap.weights().word(i));
        }
        BitMatMulProblem mapped =
                new BitMatMulProblem(spec, PackedWeights.of(spec.layout(), direct), heap.scale(), heap.bias());
        float[] x = RandomProblems.floats(65, new Random(1));
        float[] expected = new float[33];
        float[] actual = new float[33];
        new ScalarBitMatMul().compute(heap, x, 1, expected);
        new VectorBitMatMul().compute(mapped, x, 1, actual);
        assertEquals(Arrays.toString(expected), Arrays.toString(actual));
    }

    @Test
    void otherWidthsAreRefused() {
        assertEquals(
                "vector width: found 64, wanted 128, 256 or 512 bits",
                assertThrows(IllegalArgumentException.class, () -> new VectorBitMatMul(64))
                        .getMessage());
    }
}
