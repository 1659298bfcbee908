package io.github.bitnetort.export.checkpoint;

import static io.github.bitnetort.export.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.bitnetort.export.TestTensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {
    private static final byte[] EIGHT = {1, 2, 3, 4, 5, 6, 7, 8};

    @TempDir
    private Path folder;

    @Test
    void readsPartsOfTensors() throws IOException {
        new TestTensors()
                .put("a", "U8", new long[] {2, 2}, new byte[] {1, 2, 3, 4})
                .put("empty", "F32", new long[] {0, 5}, new byte[0])
                .floats("b", new long[] {2}, 1.5f, -2)
                .write(folder);
        try (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(folder)) {
            assertEquals(List.of("a", "b", "empty"), List.copyOf(checkpoint.tensorNames()));
            TensorInfo info = checkpoint.info("b");
            assertEquals("F32 [2]", info.describe());
            assertEquals(8, info.byteLength());
            ByteBuffer bytes = checkpoint.bytes("b", 4, 4);
            assertEquals(-2f, bytes.getFloat(0));
            assertEquals(0, checkpoint.bytes("empty", 0, 0).remaining());
            assertEquals(3, checkpoint.bytes("a", 2, 1).get());
            assertThrows(IndexOutOfBoundsException.class, () -> checkpoint.bytes("a", 2, 3));
            assertRefused(() -> checkpoint.info("c"), "model.safetensors", "tensor c", "found none");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    {"t":{"dtype":"F4","shape":[8],"data_offsets":[0,8]}}                     | tensor t: dtype
                    {"t":{"shape":[8],"data_offsets":[0,8]}}                                  | tensor t: dtype
                    {"t":{"dtype":"U8","data_offsets":[0,8]}}                                 | tensor t: shape
                    {"t":{"dtype":"U8","shape":[-8],"data_offsets":[0,8]}}                    | tensor t: shape
                    {"t":{"dtype":"U8","shape":[8.5],"data_offsets":[0,8]}}                   | tensor t: shape
                    {"t":{"dtype":"U8","shape":["8"],"data_offsets":[0,8]}}                   | tensor t: shape
                    {"t":{"dtype":"F64","shape":[4611686018427387904],"data_offsets":[0,8]}}  | tensor t: shape
                    {"t":{"dtype":"U8","shape":[8]}}                                          | tensor t: data_offsets
                    {"t":{"dtype":"U8","shape":[8],"data_offsets":[0]}}                       | tensor t: data_offsets
                    {"t":{"dtype":"U8","shape":[8],"data_offsets":[8,0]}}                     | tensor t: data_offsets
                    {"t":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}                     | tensor t: data_offsets
                    {"t":{"dtype":"U8","shape":[8],"data_offsets":[-1,7]}}                    | tensor t: data_offsets
                    {"t":{"dtype":"U8","shape":[7],"data_offsets":[0,8]}}                     | 8 bytes, wanted 7 bytes
                    {"t":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}                    | 8 bytes, wanted 4 bytes
                    {"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}                     | the end of the last tensor
                    {"t":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}                     | begin 4, wanted begin 0
                    {"t":5}                                                                   | tensor t: dtype
                    {}                                                                        | the end of the last tensor
                    [1]                                                                       | header
                    {"t":                                                                     | header
                    """)
    void refusesHeadersThatDisagreeWithTheFile(String header, String part) {
        assertRefusedFile(header, part);
    }

    @Test
    void refusesOverlaps() {
        String header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[6],\"data_offsets\":[0,6]},"
                + "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}";
        assertRefusedFile(header, "tensor b: data_offsets: found begin 4, wanted begin 6");
    }

    @Test
    void refusesTwoTensorsOfOneName() {
        String tensor = "\"t\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}";
        assertRefusedFile("{" + tensor + "," + tensor + "}", "header", "t");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, 100_000_001, 4096, Long.MAX_VALUE})
    void refusesHeaderLengthsThatCannotBe(long length) {
        Path file = folder.resolve("model.safetensors");
        TestTensors.writeRaw(file, length, "{}".getBytes(StandardCharsets.UTF_8), EIGHT);
        assertRefused(() -> SafetensorsFile.open(file), file.toString(), "header length");
    }

    @Test
    void refusesFilesTooShortForAHeader() throws IOException {
        Path file = Files.write(folder.resolve("model.safetensors"), new byte[7]);
        assertRefused(() -> SafetensorsFile.open(file), "7 bytes");
    }

    @Test
    void acceptsAHeaderPaddedWithSpaces() throws IOException {
        Path file = folder.resolve("model.safetensors");
        TestTensors.writeRaw(file, "{\"t\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]}}   ", EIGHT);
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            opened.read("t", 0, bytes);
            assertEquals(0x0807060504030201L, bytes.getLong(0));
        }
    }

    private void assertRefusedFile(String header, String... parts) {
        Path file = folder.resolve("model.safetensors");
        TestTensors.writeRaw(file, header, EIGHT);
        assertRefused(() -> SafetensorsFile.open(file), parts);
        assertRefused(() -> SafetensorsFile.open(file), file.toString());
    }
}
