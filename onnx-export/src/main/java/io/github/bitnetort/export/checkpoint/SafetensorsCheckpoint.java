package io.github.bitnetort.export.checkpoint;

import io.github.bitnetort.export.ExportException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** The safetensors of a Hugging Face directory: one file, or the shards that an index lists. */
public final class SafetensorsCheckpoint implements Checkpoint {
    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";

    private record Located(TensorInfo info, SafetensorsFile file) {}

    private final Path location;
    private final Map<String, SafetensorsFile> files = new LinkedHashMap<>();
    private final TreeMap<String, Located> tensors = new TreeMap<>();

    private SafetensorsCheckpoint(Path location) {
        this.location = location;
    }

    /**
     * Opens {@code model.safetensors}, or else what {@code model.safetensors.index.json} lists.
     *
     * @throws ExportException where there is neither, or a file or the index is not well-formed
     */
    public static SafetensorsCheckpoint open(Path directory) throws IOException {
        Path single = directory.resolve(SINGLE);
        Path index = directory.resolve(INDEX);
        boolean sharded = !Files.exists(single) && Files.exists(index);
        SafetensorsCheckpoint checkpoint = new SafetensorsCheckpoint(sharded ? index : single);
        try {
            if (sharded) {
                checkpoint.addShards(directory);
            } else if (Files.exists(single)) {
                checkpoint.addAll(checkpoint.file(directory, SINGLE));
            } else {
                throw ExportException.of(directory, "checkpoint", "neither", SINGLE + " or " + INDEX);
            }
            return checkpoint;
        } catch (IOException | RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    /**
     * Opens one file of any name.
     *
     * @throws ExportException where it is not well-formed
     */
    public static SafetensorsCheckpoint openFile(Path file) throws IOException {
        SafetensorsCheckpoint checkpoint = new SafetensorsCheckpoint(file);
        SafetensorsFile opened = SafetensorsFile.open(file);
        checkpoint.files.put(file.getFileName().toString(), opened);
        checkpoint.addAll(opened);
        return checkpoint;
    }

    @Override
    public Path location() {
        return location;
    }

    @Override
    public SortedSet<String> tensorNames() {
        return Collections.unmodifiableSortedSet(tensors.navigableKeySet());
    }

    @Override
    public boolean contains(String name) {
        return tensors.containsKey(name);
    }

    @Override
    public TensorInfo info(String name) {
        return located(name).info;
    }

    @Override
    public void read(String name, long offset, ByteBuffer dst) {
        located(name).file.read(name, offset, dst);
    }

    @Override
    public void close() throws IOException {
        for (SafetensorsFile file : files.values()) {
            file.close();
        }
    }

    private Located located(String name) {
        Located located = tensors.get(name);
        if (located == null) {
            throw ExportException.of(location, "tensor " + name, "none", "one of that name");
        }
        return located;
    }

    private void addAll(SafetensorsFile file) {
        for (TensorInfo info : file.tensors()) {
            tensors.put(info.name(), new Located(info, file));
        }
    }

    private void addShards(Path directory) throws IOException {
        JsonNode map =
                Json.readStrict(location, "file", Files.readAllBytes(location)).get("weight_map");
        if (map == null || !map.isObject()) {
            throw ExportException.of(location, "weight_map", map, "an object of tensor and file names");
        }
        Map<String, Map<String, TensorInfo>> byFile = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            String tensor = entry.getKey();
            String shard = shardName(tensor, entry.getValue());
            SafetensorsFile file = file(directory, shard);
            TensorInfo info = byFile.computeIfAbsent(shard, key -> byName(file)).get(tensor);
            if (info == null) {
                throw ExportException.of(
                        directory.resolve(shard), "tensor " + tensor, "none", "one, as " + location + " says");
            }
            tensors.put(tensor, new Located(info, file));
        }
    }

    /** A shard lies beside its index: anything else could read files that the user never named. */
    private String shardName(String tensor, JsonNode node) {
        String name = node.asString("");
        boolean plain = !name.isEmpty() && !name.contains("/") && !name.contains("\\") && !name.equals("..");
        if (!node.isString() || !plain) {
            throw ExportException.of(location, "weight_map: " + tensor, node, "the name of a file beside the index");
        }
        return name;
    }

    private SafetensorsFile file(Path directory, String name) throws IOException {
        SafetensorsFile file = files.get(name);
        if (file == null) {
            file = SafetensorsFile.open(directory.resolve(name));
            files.put(name, file);
        }
        return file;
    }

    private static Map<String, TensorInfo> byName(SafetensorsFile file) {
        Map<String, TensorInfo> tensors = new HashMap<>();
        file.tensors().forEach(info -> tensors.put(info.name(), info));
        return tensors;
    }
}
