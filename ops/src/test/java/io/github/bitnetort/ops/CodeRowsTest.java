package io.github.bitnetort.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packing rows as they are stored gives the words of packing their weights. */
class CodeRowsTest {
    private static final int[] SIZES = {1, 3, 7, 8, 16, 17, 20, 33, 64, 500};

    /** Weights [n, k], which as codes are in the two bits that a row's number says, between random ones. */
    private record Stored(int[][] weights, Random random, boolean always) implements RowSource {
        @Override
        public void copyRow(int n, byte[] dst, int offset) {
            for (int k = 0; k < weights[n].length; k++) {
                dst[offset + k] = (byte) weights[n][k];
            }
        }

        @Override
        public boolean copyCodes(int first, int count, CodeRows dst, int row) {
            for (int i = 0; i < count; i++) {
                int shift = 2 * ((first + i) % 4);
                dst.setShift(row + i, shift);
                for (int k = 0; k < weights[first + i].length; k++) {
                    int others = random.nextInt(256) & ~(3 << shift);
                    dst.bytes()[dst.offset(row + i) + k] = (byte) (others | (weights[first + i][k] + 1 & 3) << shift);
                }
            }
            return always || random.nextBoolean();
        }
    }

    @ParameterizedTest
    @EnumSource(names = "BINARY32", mode = EnumSource.Mode.EXCLUDE)
    void codesGiveTheWordsOfTheirWeights(Packing packing) {
        Random random = new Random(7);
        for (int n : SIZES) {
            for (int k : SIZES) {
                int[][] weights = random(random, n, k);
                PackedLayout layout = new PackedLayout(n, k, packing);
                int[] wanted = WeightPacker.pack(layout, new Stored(weights, random, true)::copyRow);
                for (boolean always : new boolean[] {true, false}) {
                    int[] words = WeightPacker.pack(layout, new Stored(weights, random, always));
                    assertArrayEquals(wanted, words, () -> packing + " [" + weights.length + ", " + k + "]");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "BINARY32", mode = EnumSource.Mode.EXCLUDE)
    void aCodeThatIsNoneIsRefusedAsItsWeightIs(Packing packing) {
        Random random = new Random(8);
        for (int k : SIZES) {
            for (int n : new int[] {0, 5, 16, 18}) {
                int[][] weights = random(random, 19, k);
                int column = random.nextInt(k);
                weights[n][column] = 2;
                PackedLayout layout = new PackedLayout(19, k, packing);
                String message = assertThrows(
                                IllegalArgumentException.class,
                                () -> WeightPacker.pack(layout, new Stored(weights, random, true)))
                        .getMessage();
                assertTrue(message.contains("[n=" + n + ", k=" + column + "]: found 2"), message);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "BINARY32")
    void binaryWeightsAreNoCodes(Packing packing) {
        int[][] weights = {{1, -1, -1}};
        assertEquals(
                1, WeightPacker.pack(new PackedLayout(1, 3, packing), new Stored(weights, new Random(9), true))[0]);
    }

    private static int[][] random(Random random, int n, int k) {
        int[][] weights = new int[n][k];
        for (int[] row : weights) {
            for (int i = 0; i < k; i++) {
                row[i] = random.nextInt(3) - 1;
            }
        }
        return weights;
    }
}
