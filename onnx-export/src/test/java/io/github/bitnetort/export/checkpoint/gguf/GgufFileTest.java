package io.github.bitnetort.export.checkpoint.gguf;

import static io.github.bitnetort.export.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.ExportException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers: what is read of good ones, and what is said of bad ones. */
class GgufFileTest {
    @TempDir
    private Path folder;

    private static TestGguf good() {
        return new TestGguf()
                .text("name", "x\u00e9")
                .integer("count", -1)
                .number("ratio", 0.5f)
                .flag("yes", true)
                .texts("words", List.of("a", "", "b c"))
                .floats("first", new long[] {2, 3}, 1, 2, 3, 4, 5, 6)
                .floats("second", new long[] {1}, 7);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void metadataAndTensors(int version) throws IOException {
        TestGguf gguf = good();
        gguf.version = version;
        try (GgufFile file = open(gguf.bytes())) {
            assertEquals("x\u00e9", file.metadata().text("name").orElseThrow());
            assertEquals(0.5, file.metadata().number("ratio").orElseThrow());
            assertEquals(4294967295.0, file.metadata().number("count").orElseThrow());
            assertEquals(true, file.metadata().flag("yes").orElseThrow());
            assertEquals(
                    List.of("a", "", "b c"),
                    file.metadata().list("words", String.class).orElseThrow());
            GgufTensor first = file.tensors().get("first");
            assertEquals(List.of(2L, 3L), first.shape());
            assertEquals(6, file.bytes(first, 20, 4).getFloat(0));
            assertEquals(7, file.bytes(file.tensors().get("second"), 0, 4).getFloat(0));
        }
    }

    @Test
    void wrongTypesOfValues() throws IOException {
        try (GgufFile file = open(good().bytes())) {
            assertRefused(() -> file.metadata().text("ratio"), "x.gguf", "metadata ratio", "0.5", "a string");
            assertRefused(() -> file.metadata().integer("count"), "metadata count", "4294967295", "0..2147483647");
            assertRefused(() -> file.metadata().list("words", Long.class), "metadata words", "a list of Long");
        }
    }

    @Test
    void errorsStayShortAndPrintableWhateverAFileSays() throws IOException {
        String key = "\u001b[31m\n" + "k".repeat(5000);
        try (GgufFile file = open(good().text(key, "v".repeat(5000)).bytes())) {
            ExportException error =
                    assertThrows(ExportException.class, () -> file.metadata().number(key));
            assertTrue(error.getMessage().contains("metadata ?[31m?kkk"), error::getMessage);
            assertTrue(error.getMessage().chars().noneMatch(c -> c < ' '), error::getMessage);
            assertTrue(error.getMessage().length() < 1500, error::getMessage);
        }
    }

    /** A file cut anywhere, whatever is then missing, is refused with its name; none is read out of bounds. */
    @Test
    void everyTruncationIsRefused() throws IOException {
        byte[] whole = good().bytes();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            String message = assertThrows(ExportException.class, () -> open(cut).close(), "at " + length)
                    .getMessage();
            assertTrue(message.contains("x.gguf") && message.contains("found") && message.contains("wanted"), message);
        }
    }

    @Test
    void otherFilesAndVersions() {
        TestGguf other = good();
        other.magic = 0x12345678;
        refused(other, "magic", "0x12345678", "GGUF");
        TestGguf big = good();
        big.order = ByteOrder.BIG_ENDIAN;
        refused(big, "byte order", "big-endian", "little-endian");
        TestGguf first = good();
        first.version = 1;
        refused(first, "version", "found 1", "2 or 3");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MAX_VALUE, 1L << 40, 1 << 20})
    void absurdCounts(long count) {
        TestGguf tensors = good();
        tensors.tensorCount = count;
        refused(tensors, "tensor count", Long.toUnsignedString(count), "0..");
        TestGguf keys = good();
        keys.keyCount = count;
        refused(keys, "metadata count", Long.toUnsignedString(count), "0..");
        byte[] list = TestGguf.little(12)
                .putInt(GgufValue.STRING.ordinal())
                .putLong(count)
                .array();
        refused(good().raw("list", GgufValue.ARRAY, list), "metadata list: elements", Long.toUnsignedString(count));
        byte[] text = TestGguf.little(8).putLong(count).array();
        refused(good().raw("text", GgufValue.STRING, text), "metadata text: length", Long.toUnsignedString(count));
    }

    @Test
    void listsOfListsAndUnknownTypes() {
        byte[] nested =
                TestGguf.little(12).putInt(GgufValue.ARRAY.ordinal()).putLong(0).array();
        refused(good().raw("nested", GgufValue.ARRAY, nested), "metadata nested", "a list of lists");
        byte[] unknown = TestGguf.little(12).putInt(13).putLong(0).array();
        refused(good().raw("odd", GgufValue.ARRAY, unknown), "metadata odd: element type", "13");
        refused(good().tensor("odd", 40, new long[] {64}, new byte[64]), "tensor odd: type", "found 40", "TQ2_0");
    }

    @Test
    void shapes() {
        refused(good().tensor("odd", 0, new long[] {1, 1, 1, 1, 1}, new byte[4]), "tensor odd: dimensions", "5");
        refused(good().tensor("odd", 0, new long[] {4, 0}, new byte[4]), "tensor odd: shape", "length 0");
        refused(good().tensor("odd", 0, new long[] {1L << 40, 1L << 40}, new byte[4]), "tensor odd: shape");
        refused(good().tensor("odd", 35, new long[] {2, 128}, new byte[66]), "tensor odd: shape", "256 columns");
    }

    @Test
    void placesOfTensors() {
        refused(good().offset("second", 4), "tensor second: offset", "found 4", "multiple of the alignment 32");
        refused(good().offset("second", -32), "tensor second: offset");
        refused(good().offset("second", 1 << 20), "tensor second: offset", "cut short");
        refused(good().offset("second", 0), "offset", "where tensor");
        refused(good().integer("general.alignment", 24), "general.alignment", "24", "power of 2");
    }

    @Test
    void notTwoOfOneName() {
        byte[] bytes = good().floats("secone", new long[] {1}, 7).bytes();
        byte[] twice = new String(bytes, StandardCharsets.ISO_8859_1)
                .replace("secone", "second")
                .getBytes(StandardCharsets.ISO_8859_1);
        assertRefused(() -> open(twice), "tensor second", "two of that name");
    }

    @Test
    void noSuchFile() {
        assertRefused(() -> GgufFile.open(folder.resolve("none.gguf"), I2sLayout.X86), "none.gguf", "no such file");
    }

    private void refused(TestGguf gguf, String... parts) {
        assertRefused(() -> open(gguf.bytes()), parts);
    }

    private GgufFile open(byte[] bytes) throws IOException {
        return GgufFile.open(TestGguf.write(folder.resolve("x.gguf"), bytes), I2sLayout.X86);
    }
}
