package io.github.bitnetort.export;

import static io.github.bitnetort.export.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an export may replace, and what stays. */
class ReplacedExportTest extends AbstractEarlierExportTest {
    @Test
    void replacesAnEarlierExportOnlyWhenAllowed() throws IOException {
        Path other = TinyModel.bitnet().write(folder.resolve("other"));
        Map<Path, String> before = contents();
        assertRefused(
                () -> ModelExporter.export(other, out, ExportOptions.DEFAULT, ProgressListener.NONE),
                out.toString(),
                "new or empty folder");
        assertEquals(before, contents());
        ModelExporter.export(other, out, OVERWRITE, ProgressListener.NONE);
        assertEquals("BitNetForCausalLM", ModelInspector.inspect(out).metadata().get("bitnet.architecture"));
        assertEquals(
                before.keySet().stream().filter(path -> path.startsWith(out)).toList(),
                contents().keySet().stream()
                        .filter(path -> path.startsWith(out))
                        .toList());
    }

    @Test
    void doesNotReplaceFoldersWithOtherFiles() throws IOException {
        Files.writeString(out.resolve("thesis.txt"), "mine");
        Map<Path, String> before = contents();
        assertRefused(
                () -> ModelExporter.export(checkpoint, out, OVERWRITE, ProgressListener.NONE),
                "thesis.txt",
                "no export wrote");
        Files.delete(out.resolve("thesis.txt"));
        Files.createDirectory(out.resolve("tokenizer.json.d"));
        assertRefused(
                () -> ModelExporter.export(checkpoint, out, OVERWRITE, ProgressListener.NONE), "tokenizer.json.d");
        Files.delete(out.resolve("tokenizer.json.d"));
        before.remove(out.resolve("thesis.txt"));
        assertEquals(before, contents());
    }

    @Test
    void doesNotReplaceTheCheckpointOrAFile() throws IOException {
        assertRefused(
                () -> ModelExporter.export(checkpoint, checkpoint, OVERWRITE, ProgressListener.NONE),
                "the checkpoint itself");
        Path file = Files.writeString(folder.resolve("file"), "mine");
        assertRefused(() -> ModelExporter.export(checkpoint, file, OVERWRITE, ProgressListener.NONE), "a file or link");
        assertEquals("mine", Files.readString(file));
    }

    @Test
    void usesAnEmptyFolderThatIsThere() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        ModelExporter.export(checkpoint, empty, ExportOptions.DEFAULT, ProgressListener.NONE);
        assertEquals(-1, Files.mismatch(empty.resolve("model.onnx.data"), out.resolve("model.onnx.data")));
        assertFalse(Files.exists(folder.resolve("new")));
    }

    /** It may be a mount point, or the folder that the user is in. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFolderThatIsThereStaysTheSame(boolean empty) throws IOException {
        Path there = empty ? Files.createDirectory(folder.resolve("empty")) : out;
        Object key = Files.readAttributes(there, BasicFileAttributes.class).fileKey();
        Path other = TinyModel.bitnet().write(folder.resolve("other"));
        ModelExporter.export(other, there, OVERWRITE, ProgressListener.NONE);
        assertEquals(key, Files.readAttributes(there, BasicFileAttributes.class).fileKey());
        try (Stream<Path> files = Files.list(there)) {
            assertEquals(
                    List.of("config.json", "model.onnx", "model.onnx.data"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        assertEquals(
                "BitNetForCausalLM", ModelInspector.inspect(there).metadata().get("bitnet.architecture"));
    }
}
