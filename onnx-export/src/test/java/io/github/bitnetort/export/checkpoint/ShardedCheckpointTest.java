package io.github.bitnetort.export.checkpoint;

import static io.github.bitnetort.export.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnetort.export.TestTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardedCheckpointTest {
    private static final String INDEX = "model.safetensors.index.json";
    private static final String SHARD = "model-00001-of-00002.safetensors";

    @TempDir
    private Path folder;

    private final TestTensors tensors = new TestTensors()
            .floats("a", new long[] {1}, 1)
            .floats("b", new long[] {1}, 2)
            .floats("c", new long[] {1}, 3);

    @BeforeEach
    void write() {
        tensors.writeSharded(folder);
    }

    @Test
    void findsEveryTensorInItsShard() throws IOException {
        try (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(folder)) {
            assertEquals(1, FloatTensors.read(checkpoint, "a", 1)[0]);
            assertEquals(2, FloatTensors.read(checkpoint, "b", 1)[0]);
            assertEquals(3, FloatTensors.read(checkpoint, "c", 1)[0]);
            assertEquals(folder.resolve(INDEX), checkpoint.location());
        }
    }

    @Test
    void refusesAMissingShard() throws IOException {
        Files.delete(folder.resolve(SHARD));
        assertRefused(() -> SafetensorsCheckpoint.open(folder), SHARD, "no such file");
    }

    @Test
    void refusesATensorThatItsShardLacks() {
        TestTensors.writeText(folder.resolve(INDEX), "{\"weight_map\":{\"z\":\"" + SHARD + "\"}}");
        assertRefused(() -> SafetensorsCheckpoint.open(folder), SHARD, "tensor z", "found none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"../" + SHARD + "\"", "\"/etc/passwd\"", "\"a\\\\b\"", "\"..\"", "\"\"", "5", "null"})
    void refusesShardsThatAreNotBesideTheIndex(String shard) {
        TestTensors.writeText(folder.resolve(INDEX), "{\"weight_map\":{\"a\":" + shard + "}}");
        assertRefused(() -> SafetensorsCheckpoint.open(folder), INDEX, "weight_map: a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"weight_map\":[]}", "[]", "{"})
    void refusesAnIndexWithoutAMap(String text) {
        TestTensors.writeText(folder.resolve(INDEX), text);
        assertRefused(() -> SafetensorsCheckpoint.open(folder), INDEX, "found", "wanted");
    }

    @Test
    void refusesAFolderWithoutTensors(@TempDir Path empty) {
        assertRefused(() -> SafetensorsCheckpoint.open(empty), empty.toString(), "model.safetensors", INDEX);
    }
}
