package io.github.bitnetort.export.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.bitnetort.export.ProgressListener;
import io.github.bitnetort.export.onnx.ModelProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelWriterTest {
    @TempDir
    private Path folder;

    @Test
    void putsLargeTensorsIntoAlignedExternalData() throws IOException {
        Path file = folder.resolve("m.onnx");
        OnnxModel model = model(1500, 65536, 255, 4096, 2000, 4096, 1, 65536);
        ModelWriter.write(model, file, ModelWriter.Storage.EXTERNAL, ProgressListener.NONE);
        ModelProto proto = ModelProto.parseFrom(Files.readAllBytes(file));
        assertEquals(List.of("location=m.onnx.data", "offset=0", "length=6000"), place(proto, 0));
        assertEquals(List.of(), place(proto, 1));
        assertEquals(List.of("location=m.onnx.data", "offset=8192", "length=8000"), place(proto, 2));
        assertEquals(List.of("location=m.onnx.data", "offset=65536", "length=4"), place(proto, 3));
        assertEquals(65540, Files.size(folder.resolve("m.onnx.data")));
        try (ModelReader reader = ModelReader.open(file)) {
            assertSameFloats(model, reader);
            assertEquals(65540, reader.dataBytes());
        }
    }

    @Test
    void movesExternalDataOfAModelThatWasRead() throws IOException {
        ModelWriter.write(
                model(1500, 65536, 3000, 4096),
                folder.resolve("m.onnx"),
                ModelWriter.Storage.EXTERNAL,
                ProgressListener.NONE);
        try (ModelReader reader = ModelReader.open(folder.resolve("m.onnx"))) {
            ModelWriter.write(
                    reader.model(), folder.resolve("n.onnx"), ModelWriter.Storage.EXTERNAL, ProgressListener.NONE);
        }
        assertEquals(-1, Files.mismatch(folder.resolve("m.onnx.data"), folder.resolve("n.onnx.data")));
    }

    @Test
    void writesInlineTheSameBytesAsInMemory() throws IOException {
        Path file = folder.resolve("m.onnx");
        ModelWriter.write(model(1500, 65536), file, ModelWriter.Storage.INLINE, ProgressListener.NONE);
        assertArrayEquals(ModelWriter.toBytes(model(1500, 65536)), Files.readAllBytes(file));
        assertEquals(List.of(file), files());
    }

    @Test
    void overwritesNothing() throws IOException {
        for (String name : List.of("m.onnx", "m.onnx.data")) {
            Path existing = Files.writeString(folder.resolve(name), "mine");
            assertThrows(
                    FileAlreadyExistsException.class,
                    () -> ModelWriter.write(
                            model(1500, 1),
                            folder.resolve("m.onnx"),
                            ModelWriter.Storage.EXTERNAL,
                            ProgressListener.NONE));
            assertEquals("mine", Files.readString(existing));
            Files.delete(existing);
        }
    }

    @Test
    void leavesNothingOfAFailedWrite() throws IOException {
        OnnxModel model = model(1500, 65536);
        model.graph().addInitializer(Initializer.streamed("bad", DataType.FLOAT, new long[] {1500}, failing(6000), 1));
        IOException error = assertThrows(
                IOException.class,
                () -> ModelWriter.write(
                        model, folder.resolve("m.onnx"), ModelWriter.Storage.EXTERNAL, ProgressListener.NONE));
        assertEquals("initializer bad: disk gone", error.getMessage());
        assertEquals(List.of(), files());
    }

    /** Tensors of several parts, the last of which are short, and parts of one unit. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void writesTheSameBytesWithAnyNumberOfThreads(int threads) throws IOException {
        OnnxModel model = model(300, 1, 1_500_000, 4096, 524_288, 65536, 2_000_000, 4096);
        Path file = folder.resolve("m.onnx");
        List<Long> progress = new ArrayList<>();
        ModelWriter.write(
                model, file, ModelWriter.Storage.EXTERNAL, threads, (item, done, total) -> progress.add(done));
        assertEquals(4 * (300 + 1_500_000 + 524_288 + 2_000_000), progress.get(progress.size() - 1));
        assertEquals(progress.stream().sorted().toList(), progress);
        try (ModelReader reader = ModelReader.open(file)) {
            assertSameFloats(model, reader);
        }
    }

    private static void assertSameFloats(OnnxModel wanted, ModelReader found) throws IOException {
        for (Initializer initializer : wanted.graph().initializers()) {
            assertArrayEquals(
                    InitializerValues.floats(initializer),
                    InitializerValues.floats(found.model()
                            .graph()
                            .initializer(initializer.name())
                            .orElseThrow()));
        }
    }

    /** Pairs of a number of floats and an alignment. */
    private static OnnxModel model(int... sizes) {
        OnnxModel model = new OnnxModel("g", "test", "1");
        for (int i = 0; i < sizes.length; i += 2) {
            float[] values = new float[sizes[i]];
            for (int j = 0; j < values.length; j++) {
                values[j] = i + j;
            }
            model.graph()
                    .addInitializer(Initializer.streamed(
                            "t" + i / 2, DataType.FLOAT, new long[] {sizes[i]}, Tensors.data(values), sizes[i + 1]));
        }
        return model;
    }

    private static TensorData failing(long bytes) {
        return new TensorData() {
            @Override
            public long byteLength() {
                return bytes;
            }

            @Override
            public int unitBytes() {
                return 4;
            }

            @Override
            public void read(long offset, ByteBuffer dst) throws IOException {
                throw new IOException("disk gone");
            }
        };
    }

    private static List<String> place(ModelProto proto, int index) {
        return proto.getGraph().getInitializer(index).getExternalDataList().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
