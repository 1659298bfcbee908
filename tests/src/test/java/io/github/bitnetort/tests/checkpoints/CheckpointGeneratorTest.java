package io.github.bitnetort.tests.checkpoints;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.ExportOptions;
import io.github.bitnetort.export.ModelExporter;
import io.github.bitnetort.export.ProgressListener;
import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.DType;
import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.checkpoint.SafetensorsCheckpoint;
import io.github.bitnetort.export.checkpoint.TensorInfo;
import io.github.bitnetort.generate.BitNetModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointGeneratorTest {
    private static final Path FIXTURES = Path.of("fixtures");

    @TempDir
    Path folder;

    /** The files of these fixtures are Hugging Face's own. */
    @ParameterizedTest
    @ValueSource(strings = {"kjv-bitnet", "rand-llama-bitlinear-falcon3"})
    void sameTensorsAsHuggingFaceWrites(String fixture) throws IOException {
        generator(fixture).write(folder.resolve("random"));
        try (Checkpoint wanted = SafetensorsCheckpoint.open(FIXTURES.resolve(fixture));
                Checkpoint found = SafetensorsCheckpoint.open(folder.resolve("random"))) {
            assertEquals(wanted.tensorNames(), found.tensorNames());
            for (String name : wanted.tensorNames()) {
                assertEquals(wanted.info(name).dtype(), found.info(name).dtype(), name);
                assertEquals(wanted.info(name).shape(), found.info(name).shape(), name);
            }
        }
        assertEquals(header(FIXTURES.resolve(fixture)), header(folder.resolve("random")), "offsets and order");
    }

    @Test
    void shardsHoldTheSameTensors() throws IOException {
        generator("rand-h128").write(folder.resolve("one"));
        generator("rand-h128").withShards(3).write(folder.resolve("three"));
        for (int i = 1; i <= 3; i++) {
            assertTrue(Files.exists(folder.resolve("three/model-0000" + i + "-of-00003.safetensors")));
        }
        try (Checkpoint one = SafetensorsCheckpoint.open(folder.resolve("one"));
                Checkpoint three = SafetensorsCheckpoint.open(folder.resolve("three"))) {
            assertEquals(one.tensorNames(), three.tensorNames());
            for (String name : one.tensorNames()) {
                assertArrayEquals(bytes(one, name), bytes(three, name), name);
            }
        }
    }

    @Test
    void aSeedMeansTheseBytes() throws IOException {
        generator("rand-h128").write(folder.resolve("a"));
        generator("rand-h128").write(folder.resolve("b"));
        generator("rand-h128").withSeed(2).write(folder.resolve("c"));
        Path file = Path.of("model.safetensors");
        assertEquals(
                -1,
                Files.mismatch(
                        folder.resolve("a").resolve(file), folder.resolve("b").resolve(file)));
        assertNotEquals(
                -1,
                Files.mismatch(
                        folder.resolve("a").resolve(file), folder.resolve("c").resolve(file)));
    }

    @Test
    void zerosAreAsManyAsPlanned() throws IOException {
        generator("kjv-bitnet").write(folder.resolve("random"));
        long[] counts = new long[4];
        try (Checkpoint found = SafetensorsCheckpoint.open(folder.resolve("random"))) {
            for (String name : found.tensorNames()) {
                if (found.info(name).dtype() == DType.U8) {
                    for (byte packed : bytes(found, name)) {
                        for (int shift = 0; shift < 8; shift += 2) {
                            counts[packed >>> shift & 3]++;
                        }
                    }
                }
            }
        }
        double total = counts[0] + counts[1] + counts[2];
        assertEquals(0, counts[3]);
        assertEquals(TensorPlan.ZEROS, counts[1] / total, 0.002);
        assertEquals((1 - TensorPlan.ZEROS) / 2, counts[0] / total, 0.002);
    }

    /** Through all layers: logits of the planned size, and a model that does not give back what it was fed. */
    @ParameterizedTest
    @CsvSource({"kjv-bitnet, 30", "rand-llama-bitlinear-falcon3, 32"})
    void activationsStaySane(String fixture, int layers) throws Exception {
        generator(fixture).withLayers(layers).write(folder.resolve("random"));
        Path exported = folder.resolve("exported");
        ModelExporter.export(folder.resolve("random"), exported, ExportOptions.DEFAULT, ProgressListener.NONE);
        try (BitNetModel model = BitNetModel.open(exported)) {
            long[] ids = new Random(3).longs(32, 0, model.vocabSize()).toArray();
            FloatBuffer logits = model.logits(ids).at(0, ids.length - 1);
            double squares = 0;
            int best = 0;
            for (int i = 0; i < logits.limit(); i++) {
                squares += logits.get(i) * logits.get(i);
                best = logits.get(i) > logits.get(best) ? i : best;
            }
            double deviation = Math.sqrt(squares / logits.limit());
            assertTrue(deviation > 1.5 && deviation < 2.7, "standard deviation of the logits: " + deviation);
            assertNotEquals(ids[ids.length - 1], best);
        }
    }

    /** Counted by hand from the published files: 332 tensors beside 210 scales, 521 MB packed and 657 MB embedding. */
    @Test
    void theLargeModelsAreAsLargeAsPublished() throws IOException {
        assertEquals(332 + 210, plan("2B-4T").size());
        assertEquals(521_011_200, packedBytes("2B-4T"));
        assertEquals(128256L * 2560 * 2, plan("2B-4T").get(0).bytes());
        assertEquals(24 * (2 * 2048 * 2048 + 2 * 256 * 2048 + 3 * 9216 * 2048) / 4, packedBytes("Falcon-E-1B"));
        assertEquals(1_744_830_464, packedBytes("Llama3-8B-1.58"));
        assertTrue(
                plan("Llama3-8B-1.58").stream().anyMatch(tensor -> tensor.name().equals("lm_head.weight")));
    }

    @Test
    void whatCannotBeWrittenLeavesNothing() throws IOException {
        Files.createDirectory(folder.resolve("there"));
        assertThrows(
                FileAlreadyExistsException.class, () -> generator("rand-h128").write(folder.resolve("there")));
        var online = assertThrows(
                IllegalArgumentException.class,
                () -> generator("rand-h128-online-bf16").write(folder.resolve("online")));
        assertTrue(online.getMessage().contains("found online, wanted offline"), online::getMessage);
        assertFalse(Files.exists(folder.resolve("online")));
        try (var entries = Files.list(folder)) {
            assertEquals(List.of(folder.resolve("there")), entries.toList());
        }
        var unknown = assertThrows(IllegalArgumentException.class, () -> CheckpointGenerator.ofModel("3B"));
        assertTrue(unknown.getMessage().startsWith("model: found '3B', wanted"), unknown::getMessage);
    }

    private static CheckpointGenerator generator(String fixture) throws IOException {
        return CheckpointGenerator.ofConfig(FIXTURES.resolve(fixture).resolve("config.json"));
    }

    private List<PlannedTensor> plan(String model) throws IOException {
        Path config = Files.createDirectories(folder.resolve(model));
        try (var in = getClass().getResourceAsStream("/checkpoints/" + model + ".json")) {
            Files.write(config.resolve("config.json"), in.readAllBytes());
        }
        return TensorPlan.of(ModelConfig.read(config));
    }

    private long packedBytes(String model) throws IOException {
        return plan(model).stream()
                .filter(tensor -> tensor.dtype() == DType.U8)
                .mapToLong(PlannedTensor::bytes)
                .sum();
    }

    private static String header(Path checkpoint) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(checkpoint.resolve("model.safetensors")))
                .order(java.nio.ByteOrder.LITTLE_ENDIAN);
        byte[] json = new byte[(int) bytes.getLong()];
        bytes.get(json);
        return new String(json, java.nio.charset.StandardCharsets.UTF_8).strip();
    }

    private static byte[] bytes(Checkpoint checkpoint, String name) {
        TensorInfo info = checkpoint.info(name);
        byte[] bytes = new byte[Math.toIntExact(info.byteLength())];
        checkpoint.bytes(name, 0, bytes.length).get(bytes);
        return bytes;
    }
}
