package io.github.bitnetort.export.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnetort.ops.CodeRows;
import io.github.bitnetort.ops.PackedLayout;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.ops.RowPlanes;
import io.github.bitnetort.ops.RowSource;
import io.github.bitnetort.ops.WeightPacker;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows that share their bytes are packed together where they fill tiles; the words are those of packing each alone. */
class PackedTensorDataTest {
    private static final int K = 37;

    /** Four rows a byte, as Hugging Face has them. */
    private record Planes(byte[] bytes) implements RowSource {
        int rows() {
            return bytes.length / K;
        }

        @Override
        public void copyRow(int n, byte[] dst, int offset) {
            for (int k = 0; k < K; k++) {
                dst[offset + k] = (byte) ((bytes[n % rows() * K + k] >> 2 * (n / rows()) & 3) - 1);
            }
        }

        @Override
        public boolean copyCodes(int first, int count, CodeRows dst, int row) {
            for (int i = 0; i < count; i++) {
                System.arraycopy(bytes, (first + i) % rows() * K, dst.bytes(), dst.offset(row + i), K);
                dst.setShift(row + i, 2 * ((first + i) / rows()));
            }
            return true;
        }

        @Override
        public Optional<RowPlanes> planes(int n) {
            return Optional.of(new RowPlanes(0, rows()));
        }
    }

    @ParameterizedTest
    @EnumSource(names = "BINARY32", mode = EnumSource.Mode.EXCLUDE)
    void planesGiveTheWordsOfTheirRows(Packing packing) {
        Random random = new Random(5);
        // Rows of a plane: whole tiles, less, not whole ones, behind what is no whole tile.
        for (int[] parts : new int[][] {{16}, {48}, {4}, {24}, {16, 32, 16}, {32, 6, 16}, {6, 16}, {2, 2, 16, 16}}) {
            List<StackedRows.Part> matrices = Arrays.stream(parts)
                    .mapToObj(rows -> random(random, rows))
                    .map(planes -> new StackedRows.Part(4 * planes.rows(), planes))
                    .toList();
            StackedRows rows = new StackedRows(matrices);
            PackedLayout layout = new PackedLayout(4 * Arrays.stream(parts).sum(), K, packing);
            int[] wanted = WeightPacker.pack(layout, rows::copyRow);
            PackedTensorData data = PackedTensorData.of(layout, rows);
            assertArrayEquals(wanted, read(data, 0, layout.wordCount()), Arrays.toString(parts));
            for (int tile = 0; tile < layout.rowTiles(); tile++) {
                int from = tile * layout.wordsPerTile();
                int[] rest = read(data, from, layout.wordCount() - from);
                assertArrayEquals(Arrays.copyOfRange(wanted, from, wanted.length), rest, Arrays.toString(parts));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "BINARY32", mode = EnumSource.Mode.EXCLUDE)
    void tilesOfPlanesAreMadeInOneGo(Packing packing) {
        Random random = new Random(6);
        StackedRows rows = new StackedRows(List.of(
                new StackedRows.Part(64, random(random, 16)),
                new StackedRows.Part(128, random(random, 32)),
                new StackedRows.Part(96, random(random, 24))));
        PackedTensorData data = PackedTensorData.of(new PackedLayout(288, K, packing), rows);
        int unit = data.unitBytes();
        assertEquals(4 * unit, data.sharedBytes(0));
        assertEquals(unit, data.sharedBytes(unit));
        assertEquals(8 * unit, data.sharedBytes(4 * unit));
        assertEquals(unit, data.sharedBytes(12 * unit));
    }

    private static int[] read(PackedTensorData data, int from, int count) {
        ByteBuffer bytes = ByteBuffer.allocate(3 + count * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.read((long) from * Integer.BYTES, bytes.position(3));
        assertEquals(0, bytes.remaining());
        int[] words = new int[count];
        bytes.position(3).slice().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(words);
        return words;
    }

    private static Planes random(Random random, int rows) {
        byte[] bytes = new byte[rows * K];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte)
                    (random.nextInt(3) | random.nextInt(3) << 2 | random.nextInt(3) << 4 | random.nextInt(3) << 6);
        }
        return new Planes(bytes);
    }
}
