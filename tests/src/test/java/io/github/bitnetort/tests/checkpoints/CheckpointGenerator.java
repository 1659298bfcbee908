package io.github.bitnetort.tests.checkpoints;

import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.graph.TemporaryPath;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes a checkpoint folder of a published model's format and size with random ternary weights: {@code config.json} as
 * published, {@code model.safetensors} or numbered shards with {@code model.safetensors.index.json}. Content depends on
 * the seed and a tensor's name alone, so it is the same however it is split. {@link TensorPlan} says which values.
 */
public final class CheckpointGenerator {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final ObjectNode config;
    private int shards = 1;
    private long seed = 1;

    private CheckpointGenerator(ObjectNode config) {
        this.config = config;
    }

    /**
     * @param name of a configuration in {@code src/test/resources/checkpoints}, without its ending
     * @throws IllegalArgumentException where there is none
     */
    public static CheckpointGenerator ofModel(String name) throws IOException {
        return new CheckpointGenerator(PublishedConfigs.read(name));
    }

    /** With another model's {@code config.json}. */
    public static CheckpointGenerator ofConfig(Path file) throws IOException {
        return new CheckpointGenerator((ObjectNode) MAPPER.readTree(Files.readAllBytes(file)));
    }

    /** Another number of layers than the model has. */
    public CheckpointGenerator withLayers(int layers) {
        config.put("num_hidden_layers", layers);
        return this;
    }

    /** Files to spread the tensors over; 1: {@code model.safetensors} without an index. */
    public CheckpointGenerator withShards(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("shards: found " + count + ", wanted 1 or more");
        }
        shards = count;
        return this;
    }

    public CheckpointGenerator withSeed(long value) {
        seed = value;
        return this;
    }

    /**
     * Writes the folder, which appears complete or not at all.
     *
     * @return bytes of all tensors
     * @throws FileAlreadyExistsException where the folder exists
     */
    public long write(Path folder) throws IOException {
        Path target = folder.toAbsolutePath();
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(target + ": exists, wanted a new folder");
        }
        Files.createDirectories(target.getParent());
        Path temporary = TemporaryPath.beside(target);
        Files.createDirectory(temporary);
        try {
            long bytes = writeFiles(temporary);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            return bytes;
        } catch (IOException | RuntimeException e) {
            delete(temporary);
            throw e;
        }
    }

    private long writeFiles(Path folder) throws IOException {
        writeJson(folder.resolve(ModelConfig.FILE_NAME), config);
        List<PlannedTensor> tensors = TensorPlan.of(ModelConfig.read(folder));
        long total = tensors.stream().mapToLong(PlannedTensor::bytes).sum();
        SafetensorsWriter writer = new SafetensorsWriter(seed);
        List<List<PlannedTensor>> parts = split(tensors, total);
        ObjectNode index = MAPPER.createObjectNode();
        index.putObject("metadata").put("total_size", total);
        TreeMap<String, String> files = new TreeMap<>();
        for (int i = 0; i < parts.size(); i++) {
            String file = shards == 1
                    ? "model.safetensors"
                    : String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, parts.size());
            writer.write(folder.resolve(file), parts.get(i));
            parts.get(i).forEach(tensor -> files.put(tensor.name(), file));
        }
        if (shards > 1) {
            ObjectNode map = index.putObject("weight_map");
            files.forEach(map::put);
            writeJson(folder.resolve("model.safetensors.index.json"), index);
        }
        return total;
    }

    /** In the order of the layers, each part about equally large where the tensors allow it. */
    private List<List<PlannedTensor>> split(List<PlannedTensor> tensors, long total) {
        if (tensors.size() < shards) {
            throw new IllegalArgumentException(
                    "shards: found " + shards + ", wanted at most one for each of " + tensors.size() + " tensors");
        }
        List<List<PlannedTensor>> parts = new ArrayList<>();
        long left = total;
        long room = 0;
        for (int i = 0; i < tensors.size(); i++) {
            boolean eachNeedsOne = tensors.size() - i == shards - parts.size();
            if (parts.isEmpty() || (parts.size() < shards && (room <= 0 || eachNeedsOne))) {
                room = left / (shards - parts.size());
                parts.add(new ArrayList<>());
            }
            parts.get(parts.size() - 1).add(tensors.get(i));
            room -= tensors.get(i).bytes();
            left -= tensors.get(i).bytes();
        }
        return parts;
    }

    private static void writeJson(Path file, ObjectNode json) throws IOException {
        Files.writeString(file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
