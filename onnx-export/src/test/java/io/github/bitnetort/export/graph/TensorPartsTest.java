package io.github.bitnetort.export.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnetort.export.ProgressListener;
import io.github.bitnetort.export.graph.ModelWriter.Storage;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorPartsTest {
    private static final int MB = 1 << 20;

    @TempDir
    private Path folder;

    @Test
    void wholeUnitsUpToTwoMebibytes() {
        assertEquals(List.of(2 * MB, 2 * MB, 5), lengths(new Shared(1, 4 * MB + 5)));
        assertEquals(List.of(2 * MB - 2, 2 * MB - 2, 8), lengths(new Shared(3, 4 * MB + 4)));
        assertEquals(List.of(3 * MB, 3 * MB), lengths(new Shared(3 * MB, 6 * MB)));
        assertEquals(List.of(12), lengths(new Shared(4, 12)));
    }

    @Test
    void whatIsMadeInOneGoIsNotDividedAndSmallOnesAreTogether() {
        assertEquals(List.of(5 * MB, 3 * MB), lengths(new Shared(4, 8 * MB, 5 * MB, 3 * MB)));
        assertEquals(List.of(2 * MB, MB), lengths(new Shared(4, 3 * MB, MB, MB, MB)));
        assertEquals(List.of(MB, 2 * MB), lengths(new Shared(4, 3 * MB, MB, 2 * MB)));
        assertEquals(List.of(MB, 2 * MB, 4), lengths(new Shared(4, 3 * MB + 4, MB)));
    }

    @Test
    void tooMuchInOneGoIsDivided() {
        int most = TensorParts.MOST_SHARED;
        assertEquals(List.of(most), lengths(new Shared(4, most, most)));
        assertEquals(
                most / TensorParts.BYTES + 1,
                lengths(new Shared(4, most + 4, most + 4)).size());
    }

    @Test
    void largePartsGiveTheSameFile() throws IOException {
        Shared plain = new Shared(4, 9 * MB + 8);
        Shared shared = new Shared(4, 9 * MB + 8, 5 * MB, 3 * MB, MB, 4);
        byte[] wanted = written("plain", plain, 1);
        assertArrayEquals(wanted, written("one", shared, 1));
        assertArrayEquals(wanted, written("three", shared, 3));
    }

    private byte[] written(String name, Shared data, int threads) throws IOException {
        OnnxModel model = new OnnxModel("g", "test", "1");
        for (String tensor : List.of("a", "b")) {
            model.graph()
                    .addInitializer(Initializer.streamed(
                            tensor, DataType.INT32, new long[] {data.length / 4}, data, Initializer.PAGE));
        }
        Path file = folder.resolve(name);
        ModelWriter.write(model, file, Storage.EXTERNAL, threads, ProgressListener.NONE);
        return Files.readAllBytes(folder.resolve(name + ModelWriter.DATA_SUFFIX));
    }

    private static List<Integer> lengths(TensorData data) {
        List<Integer> lengths = new ArrayList<>();
        for (long offset = 0; offset < data.byteLength(); offset += lengths.get(lengths.size() - 1)) {
            lengths.add(TensorParts.length(data, offset));
        }
        return lengths;
    }

    /** Bytes that say where they are, of which the first so many pieces are each made in one go. */
    private record Shared(int unit, int length, int... pieces) implements TensorData {
        @Override
        public long byteLength() {
            return length;
        }

        @Override
        public int unitBytes() {
            return unit;
        }

        @Override
        public long sharedBytes(long offset) {
            int begin = 0;
            for (int piece : pieces) {
                if (begin == offset) {
                    return piece;
                }
                begin += piece;
            }
            return unit;
        }

        @Override
        public void read(long offset, ByteBuffer dst) {
            for (long at = offset; dst.hasRemaining(); at++) {
                dst.put((byte) (at * 31 >>> 3));
            }
        }
    }
}
