package io.github.bitnetort.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The examples of CustomBitMatMul.md, worked by hand, and round trips over odd shapes. */
class PackingTest {
    private static final int[] SIZES = {1, 2, 3, 15, 16, 17, 19, 20, 21, 31, 32, 33, 63, 65, 500};

    /** The word of a matrix of one row, filled with one weight but for some columns. */
    private static int word(Packing packing, int fill, Map<Integer, Integer> columns) {
        PackedLayout layout = new PackedLayout(1, packing.weightsPerWord(), packing);
        return WeightPacker.pack(layout, (n, dst, offset) -> {
            Arrays.fill(dst, (byte) fill);
            columns.forEach((k, weight) -> dst[offset + k] = (byte) (int) weight);
        })[0];
    }

    @Test
    void ternary16WordsOfTheContract() {
        assertEquals(0x55555555, word(Packing.TERNARY16, 0, Map.of()));
        assertEquals(0xaaaaaaaa, word(Packing.TERNARY16, 1, Map.of()));
        assertEquals(0x01000102, word(Packing.TERNARY16, -1, Map.of(0, 1, 1, 0, 3, 0)));
        assertEquals(0x55555155, word(Packing.TERNARY16, 0, Map.of(5, -1)));
    }

    @Test
    void binary32WordsOfTheContract() {
        assertEquals(0x80000201, word(Packing.BINARY32, -1, Map.of(0, 1, 5, 1, 31, 1)));
        assertEquals(0xffffffff, word(Packing.BINARY32, 1, Map.of()));
    }

    @Test
    void ternary20WordsOfTheContract() {
        assertEquals(0x80808080, word(Packing.TERNARY20, 0, Map.of()));
        assertEquals(0xffffffff, word(Packing.TERNARY20, 1, Map.of()));
        assertEquals(0x00000003, word(Packing.TERNARY20, -1, Map.of(16, 1)));
        // Column 1 is the most significant digit of byte 1: v = 81, ceil(256 * 81 / 243) = ceil(85.33).
        assertEquals(0x00005600, word(Packing.TERNARY20, -1, Map.of(1, 0)));
    }

    @ParameterizedTest
    @EnumSource
    void paddingHoldsWhatTheContractSays(Packing packing) {
        int padding = Map.of(Packing.BINARY32, 0, Packing.TERNARY16, 0x55555555, Packing.TERNARY20, 0x80808080)
                .get(packing);
        PackedLayout layout = new PackedLayout(17, 3, packing);
        int[] words = WeightPacker.pack(layout, (n, dst, offset) -> Arrays.fill(dst, offset, offset + 3, (byte) 1));
        for (int row = 1; row < 16; row++) {
            assertEquals(padding, words[layout.wordIndex(1, 0, row)], "padding row " + row);
        }
        PackedWeights wide = PackedWeights.of(new PackedLayout(17, packing.weightsPerWord(), packing), words);
        for (int k = 3; k < packing.weightsPerWord(); k++) {
            assertEquals(packing.paddingWeight(), wide.weight(16, k), "padding column " + k);
        }
    }

    @ParameterizedTest
    @EnumSource
    void roundTripsOverOddShapes(Packing packing) {
        Random random = new Random(7);
        for (int n : SIZES) {
            for (int k : SIZES) {
                PackedLayout layout = new PackedLayout(n, k, packing);
                byte[][] weights = new byte[n][k];
                for (byte[] row : weights) {
                    for (int i = 0; i < k; i++) {
                        row[i] = (byte) (packing.isTernary() ? random.nextInt(3) - 1 : random.nextInt(2) * 2 - 1);
                    }
                }
                int[] words = WeightPacker.pack(
                        layout, (row, dst, offset) -> System.arraycopy(weights[row], 0, dst, offset, k));
                assertEquals(layout.shape()[0] * layout.shape()[1] * layout.shape()[2], words.length);
                RandomProblems.spoilPadding(layout, words, random);
                PackedWeights packed = PackedWeights.of(layout, IntBuffer.wrap(words));
                packed.validate();
                for (int row = 0; row < n; row++) {
                    byte[] unpacked = new byte[k];
                    packed.unpackRow(row, unpacked, 0);
                    assertArrayEquals(weights[row], unpacked, packing + " n=" + row + " of " + n + ", K=" + k);
                }
            }
        }
    }

    @Test
    void everyByteOfTernary20IsItsDigitsOrRefused() {
        boolean[] written = new boolean[256];
        for (int v = 0; v < 243; v++) {
            int[] weights = {v / 81 - 1, v / 27 % 3 - 1, v / 9 % 3 - 1, v / 3 % 3 - 1, v % 3 - 1};
            int code = word(
                    Packing.TERNARY20,
                    -1,
                    Map.of(0, weights[0], 4, weights[1], 8, weights[2], 12, weights[3], 16, weights[4]));
            assertEquals((int) Math.ceil(256.0 * v / 243), code);
            written[code] = true;
            for (int i = 0; i < 5; i++) {
                assertEquals(weights[i], Packing.TERNARY20.decode(code, i), "byte " + code + " digit " + i);
            }
        }
        for (int code = 0; code < 256; code++) {
            int expected = written[code] ? -1 : 0;
            assertEquals(expected, PackedCodes.of(Packing.TERNARY20).firstInvalid(code, 5), "byte " + code);
        }
    }

    @Test
    void code3IsRefusedByPlace() {
        int[] words = new int[32];
        PackedLayout layout = new PackedLayout(17, 13, Packing.TERNARY16);
        words[layout.wordIndex(1, 0, 0)] = 0b11 << 8 + 4; // byte 1, pair 2: column 9
        PackedWeights weights = PackedWeights.of(layout, words);
        assertEquals(
                "W: weight [n=16, k=9]: found byte 0x30, wanted codes 0, 1 or 2 in its bit pairs",
                assertThrows(IllegalArgumentException.class, weights::validate).getMessage());
    }

    @Test
    void ternary20ByteThatNoPackerWritesIsRefusedByPlace() {
        PackedLayout layout = new PackedLayout(1, 3, Packing.TERNARY20);
        int[] words = new int[16];
        words[0] = 0x01 << 16; // ceil(256 v / 243) is 0, 2, 3, ...
        PackedWeights weights = PackedWeights.of(layout, words);
        assertEquals(
                "W: weight [n=0, k=2]: found byte 0x1, wanted ceil(256 v / 243), v in 0..242",
                assertThrows(IllegalArgumentException.class, weights::validate).getMessage());
    }

    @Test
    void weightsThatThePackingCannotHoldAreRefusedByPlace() {
        PackedLayout binary = new PackedLayout(2, 5, Packing.BINARY32);
        PackedLayout ternary = new PackedLayout(2, 5, Packing.TERNARY16);
        assertEquals(
                "weight [n=0, k=0]: found 0, wanted -1 or +1 (binary32)",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> WeightPacker.pack(binary, (n, dst, o) -> Arrays.fill(dst, (byte) 0)))
                        .getMessage());
        assertEquals(
                "weight [n=1, k=4]: found 2, wanted -1, 0 or +1",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> WeightPacker.pack(ternary, (n, dst, o) -> dst[o + 4] = (byte) (n * 2)))
                        .getMessage());
    }

    @ParameterizedTest
    @EnumSource
    void everyOtherByteIsRefusedByPlaceAtAnyColumn(Packing packing) {
        for (int k = 0; k < 19; k++) {
            for (int value = Byte.MIN_VALUE; value <= Byte.MAX_VALUE; value++) {
                byte[] row = new byte[19];
                Arrays.fill(row, (byte) -1);
                row[k] = (byte) value;
                PackedLayout layout = new PackedLayout(1, row.length, packing);
                RowSource source = (n, dst, offset) -> System.arraycopy(row, 0, dst, offset, row.length);
                if (value == -1 || value == 1 || value == 0 && packing.isTernary()) {
                    assertEquals(
                            value,
                            PackedWeights.of(layout, WeightPacker.pack(layout, source))
                                    .weight(0, k));
                    continue;
                }
                IllegalArgumentException refused =
                        assertThrows(IllegalArgumentException.class, () -> WeightPacker.pack(layout, source));
                assertTrue(
                        refused.getMessage().startsWith("weight [n=0, k=" + k + "]: found " + value + ", wanted"),
                        refused.getMessage());
            }
        }
    }

    @Test
    void aWrongNumberOfWordsIsRefused() {
        PackedLayout layout = new PackedLayout(17, 17, Packing.TERNARY16);
        assertEquals(
                "W: found length 63, wanted 64",
                assertThrows(IllegalArgumentException.class, () -> PackedWeights.of(layout, new int[63]))
                        .getMessage());
    }
}
