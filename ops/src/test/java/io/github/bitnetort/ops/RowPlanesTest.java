package io.github.bitnetort.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packing four rows that share their bytes gives the words of packing their weights. */
class RowPlanesTest {
    private static final int[] WIDTHS = {1, 3, 15, 16, 17, 20, 21, 33, 40, 64, 500};

    /** A matrix of bytes [rows, k], each of which holds four codes. */
    private record Stored(byte[][] bytes) implements RowSource {
        @Override
        public void copyRow(int n, byte[] dst, int offset) {
            for (byte b : bytes[n % bytes.length]) {
                dst[offset++] = (byte) ((b >> 2 * (n / bytes.length) & 3) - 1);
            }
        }

        @Override
        public boolean copyCodes(int first, int count, CodeRows dst, int row) {
            for (int i = 0; i < count; i++) {
                byte[] codes = bytes[(first + i) % bytes.length];
                System.arraycopy(codes, 0, dst.bytes(), dst.offset(row + i), codes.length);
                dst.setShift(row + i, 2 * ((first + i) / bytes.length));
            }
            return true;
        }
    }

    @ParameterizedTest
    @EnumSource(names = "BINARY32", mode = EnumSource.Mode.EXCLUDE)
    void fourTilesAreThoseOfTheirRows(Packing packing) {
        Random random = new Random(11);
        for (int rows : new int[] {16, 17, 48}) {
            for (int k : WIDTHS) {
                Stored source = new Stored(random(random, rows, k));
                PackedLayout layout = new PackedLayout(RowPlanes.COUNT * rows, k, packing);
                WeightPacker packer = new WeightPacker(layout, source);
                int[] words = new int[RowPlanes.COUNT * layout.wordsPerTile()];
                for (int first = 0; first + 16 <= rows; first++) {
                    assertTrue(packer.packPlanes(first, words));
                    for (int plane = 0; plane < RowPlanes.COUNT; plane++) {
                        assertArrayEquals(
                                tile(packing, source, plane * rows + first, k),
                                Arrays.copyOfRange(
                                        words, plane * layout.wordsPerTile(), (plane + 1) * layout.wordsPerTile()),
                                packing + " [" + rows + ", " + k + "] row " + first + " plane " + plane);
                    }
                }
            }
        }
    }

    /** Rows {@code first} to 15 behind as a matrix of their own. */
    private static int[] tile(Packing packing, RowSource source, int first, int k) {
        RowSource rows = (n, dst, offset) -> source.copyRow(first + n, dst, offset);
        return WeightPacker.pack(new PackedLayout(16, k, packing), rows);
    }

    @ParameterizedTest
    @EnumSource(names = "BINARY32", mode = EnumSource.Mode.EXCLUDE)
    void aCodeThatIsNoneIsSeenInEachPlaneAndColumn(Packing packing) {
        Random random = new Random(12);
        for (int k : WIDTHS) {
            for (int plane = 0; plane < RowPlanes.COUNT; plane++) {
                byte[][] bytes = random(random, 16, k);
                bytes[random.nextInt(16)][random.nextInt(k)] |= (byte) (3 << 2 * plane);
                PackedLayout layout = new PackedLayout(64, k, packing);
                WeightPacker packer = new WeightPacker(layout, new Stored(bytes));
                assertFalse(packer.packPlanes(0, new int[RowPlanes.COUNT * layout.wordsPerTile()]), "k " + k);
            }
        }
    }

    @Test
    void binaryWeightsHaveNone() {
        PackedLayout layout = new PackedLayout(64, 8, Packing.BINARY32);
        WeightPacker packer = new WeightPacker(layout, new Stored(random(new Random(13), 16, 8)));
        assertFalse(packer.packPlanes(0, new int[RowPlanes.COUNT * layout.wordsPerTile()]));
    }

    @Test
    void moveBehindOtherRows() {
        assertEquals(new RowPlanes(12, 5), new RowPlanes(2, 5).behind(10));
    }

    private static byte[][] random(Random random, int rows, int k) {
        byte[][] bytes = new byte[rows][k];
        for (byte[] row : bytes) {
            for (int i = 0; i < k; i++) {
                row[i] = (byte)
                        (random.nextInt(3) | random.nextInt(3) << 2 | random.nextInt(3) << 4 | random.nextInt(3) << 6);
            }
        }
        return bytes;
    }
}
