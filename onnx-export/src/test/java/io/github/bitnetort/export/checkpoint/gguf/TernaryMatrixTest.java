package io.github.bitnetort.export.checkpoint.gguf;

import static io.github.bitnetort.export.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.bitnetort.export.checkpoint.QuantizedMatrix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every ternary type: weights, scales, and the same numbers when read as floats. */
class TernaryMatrixTest {
    private static final int N = 6;
    private static final int K = 512;
    private static final long[] SHAPE = {N, K};

    @TempDir
    private Path folder;

    private interface Writer {
        byte[] write(byte[][] weights, float[][] scales);
    }

    private record Type(TensorType type, int number, Writer writer) {
        boolean isBinary() {
            return type == TensorType.Q1_0;
        }

        @Override
        public String toString() {
            return type.name();
        }
    }

    static List<Type> types() {
        return List.of(
                new Type(TensorType.TQ1_0, 34, TestBlocks::tq1),
                new Type(TensorType.TQ2_0, 35, TestBlocks::tq2),
                new Type(TensorType.Q1_0, 41, TestBlocks::q1),
                new Type(TensorType.Q2_0, 42, (weights, scales) -> TestBlocks.q2(weights, 64, scales)),
                new Type(TensorType.Q2_0_G128, 42, (weights, scales) -> TestBlocks.q2(weights, 128, scales)));
    }

    @ParameterizedTest
    @MethodSource("types")
    void weightsAndOneScale(Type type) throws IOException {
        byte[][] weights = TestBlocks.weights(N, K, type.isBinary(), 1);
        float[][] scales = TestBlocks.same(N, K / type.type.blockElements(), 0.375f);
        try (GgufFile file = file(type, type.writer.write(weights, scales))) {
            QuantizedMatrix matrix = matrix(file, RowOrder.SAME);
            assertEquals(type.type, file.tensors().get("t").type());
            assertEquals(type.isBinary(), matrix.isBinary());
            assertEquals(0, matrix.blockSize());
            assertArrayEquals(new float[] {0.375f}, matrix.scale());
            assertRows(weights, matrix);
            assertFloats(weights, scales, file);
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void scalesOfRows(Type type) throws IOException {
        byte[][] weights = TestBlocks.weights(N, K, type.isBinary(), 2);
        float[][] scales = TestBlocks.same(N, K / type.type.blockElements(), 2);
        Arrays.fill(scales[3], 0.25f);
        try (GgufFile file = file(type, type.writer.write(weights, scales))) {
            QuantizedMatrix matrix = matrix(file, RowOrder.SAME);
            assertEquals(0, matrix.blockSize());
            assertArrayEquals(new float[] {2, 2, 2, 0.25f, 2, 2}, matrix.scale());
            assertFloats(weights, scales, file);
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void scalesOfBlocks(Type type) throws IOException {
        int block = type.type.blockElements();
        byte[][] weights = TestBlocks.weights(N, K, type.isBinary(), 3);
        float[][] scales = TestBlocks.same(N, K / block, 1);
        scales[1][K / block - 1] = 4;
        try (GgufFile file = file(type, type.writer.write(weights, scales))) {
            QuantizedMatrix matrix = matrix(file, RowOrder.SAME);
            assertEquals(block, matrix.blockSize());
            float[] expanded = matrix.blockScales(32, 0, N);
            for (int i = 0; i < expanded.length; i++) {
                int row = i / (K / 32);
                assertEquals(scales[row][i % (K / 32) * 32 / block], expanded[i], "row " + row + " of " + i);
            }
            float[] second = Arrays.copyOfRange(expanded, K / 32, 2 * K / 32);
            assertArrayEquals(second, matrix.blockScales(32, 1, 1));
            assertRows(weights, matrix);
            assertFloats(weights, scales, file);
        }
    }

    @Test
    void blocksOfZerosTakeTheScaleOfTheOthers() throws IOException {
        byte[][] weights = TestBlocks.weights(N, K, false, 4);
        float[][] scales = TestBlocks.same(N, 2, 0.5f);
        Arrays.fill(weights[2], 0, 256, (byte) 0);
        scales[2][0] = 0;
        try (GgufFile file = file(types().get(1), TestBlocks.tq2(weights, scales))) {
            assertArrayEquals(new float[] {0.5f}, matrix(file, RowOrder.SAME).scale());
        }
        scales[3][0] = 0;
        try (GgufFile file = file(types().get(1), TestBlocks.tq2(weights, scales))) {
            assertEquals(256, matrix(file, RowOrder.SAME).blockSize(), "weights that a scale of 0 makes 0");
        }
    }

    @ParameterizedTest
    @CsvSource({"X86,128,512", "ARM,64,512", "X86,128,192", "ARM,64,96"})
    void i2s(I2sLayout layout, int block, int k) throws IOException {
        byte[][] weights = TestBlocks.weights(8, k, false, 5);
        TestGguf gguf = new TestGguf().tensor("t", 36, new long[] {8, k}, TestBlocks.i2s(weights, block, 0.7f));
        try (GgufFile file = GgufFile.open(gguf.write(folder.resolve("i2s.gguf")), layout)) {
            QuantizedMatrix matrix = matrix(file, RowOrder.SAME);
            assertArrayEquals(new float[] {0.7f}, matrix.scale());
            assertRows(weights, matrix);
            assertFloats(weights, TestBlocks.same(8, 1, 0.7f), file);
        }
    }

    @Test
    void theTwoLayoutsOfI2sAreNotTheSame() throws IOException {
        byte[][] weights = TestBlocks.weights(N, K, false, 6);
        Path path = new TestGguf()
                .tensor("t", 36, SHAPE, TestBlocks.i2s(weights, 64, 1))
                .write(folder.resolve("arm.gguf"));
        try (GgufFile file = GgufFile.open(path, I2sLayout.X86)) {
            byte[] row = new byte[K];
            matrix(file, RowOrder.SAME).rows().copyRow(0, row, 0);
            assertFalse(Arrays.equals(weights[0], row));
        }
    }

    @Test
    void rowsOfInterleavedHeads() throws IOException {
        byte[][] huggingFace = TestBlocks.weights(8, 256, false, 7);
        byte[][] stored = new byte[8][];
        for (int head = 0; head < 2; head++) {
            for (int i = 0; i < 2; i++) {
                for (int j = 0; j < 2; j++) {
                    stored[4 * head + 2 * i + j] = huggingFace[4 * head + 2 * j + i];
                }
            }
        }
        float[][] scales = {{1}, {2}, {4}, {8}, {16}, {32}, {64}, {128}};
        TestGguf gguf = new TestGguf().tensor("t", 35, new long[] {8, 256}, TestBlocks.tq2(stored, scales));
        try (GgufFile file = GgufFile.open(gguf.write(folder.resolve("heads.gguf")), I2sLayout.X86)) {
            QuantizedMatrix matrix = matrix(file, new RowOrder(4));
            assertRows(huggingFace, matrix);
            assertArrayEquals(new float[] {1, 4, 2, 8, 16, 64, 32, 128}, matrix.scale());
            FloatView view = new FloatView(file, file.tensors().get("t"), new RowOrder(4));
            ByteBuffer part = view.bytes(1000, 1200);
            for (int i = 0; i < 300; i++) {
                int at = 250 + i;
                assertEquals(huggingFace[at / 256][at % 256] * matrix.scale()[at / 256], part.getFloat(4 * i));
            }
        }
    }

    @Test
    void codesThatMeanNoneOfTheThreeAreRefused() throws IOException {
        byte[] tq2 = TestBlocks.tq2(TestBlocks.weights(N, K, false, 8), TestBlocks.same(N, 2, 1));
        tq2[66 * 2 * 4 + 33] |= 3 << 4;
        try (GgufFile file = file(types().get(1), tq2)) {
            assertRefused(
                    () -> matrix(file, RowOrder.SAME).rows().copyRow(4, new byte[K], 0),
                    "t.gguf",
                    "tensor t: row 4, column 193",
                    "found code 3",
                    "wanted 0, 1 or 2");
        }
    }

    @Test
    void scalesThatAreNotFiniteAreRefused() throws IOException {
        byte[] tq2 = TestBlocks.tq2(TestBlocks.weights(N, K, false, 9), TestBlocks.same(N, 2, 1));
        tq2[64] = 0;
        tq2[65] = 0x7c;
        try (GgufFile file = file(types().get(1), tq2)) {
            assertRefused(() -> matrix(file, RowOrder.SAME), "tensor t: scale", "Infinity", "a finite number");
        }
    }

    private GgufFile file(Type type, byte[] bytes) throws IOException {
        // A second tensor, so that the older Q2_0 is known by where that lies.
        TestGguf gguf = new TestGguf().tensor("t", type.number, SHAPE, bytes).floats("after", new long[] {1}, 1);
        return GgufFile.open(gguf.write(folder.resolve("t.gguf")), I2sLayout.X86);
    }

    private static QuantizedMatrix matrix(GgufFile file, RowOrder order) {
        return new TernaryMatrix(file, file.tensors().get("t"), order, 1);
    }

    private static void assertRows(byte[][] weights, QuantizedMatrix matrix) {
        for (int n = 0; n < weights.length; n++) {
            byte[] row = new byte[weights[n].length + 3];
            matrix.rows().copyRow(n, row, 3);
            assertArrayEquals(weights[n], Arrays.copyOfRange(row, 3, row.length), "row " + n);
        }
    }

    private static void assertFloats(byte[][] weights, float[][] scales, GgufFile file) {
        FloatView view = new FloatView(file, file.tensors().get("t"), RowOrder.SAME);
        int k = weights[0].length;
        ByteBuffer all = view.bytes(0, weights.length * k * 4);
        for (int i = 0; i < weights.length * k; i++) {
            float[] row = scales[i / k];
            assertEquals(weights[i / k][i % k] * row[i % k / (k / row.length)], all.getFloat(4 * i), "element " + i);
        }
        assertEquals(all.slice(1001, 777), view.bytes(1001, 777));
    }
}
