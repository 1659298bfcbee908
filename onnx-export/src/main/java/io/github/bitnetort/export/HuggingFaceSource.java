package io.github.bitnetort.export;

import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.checkpoint.SafetensorsCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A directory with config.json and safetensors. */
final class HuggingFaceSource implements ModelSource {
    private final Path directory;
    private final ModelConfig config;
    private final Checkpoint checkpoint;

    HuggingFaceSource(Path directory) throws IOException {
        this.directory = directory;
        this.config = ModelConfig.read(directory);
        this.checkpoint = SafetensorsCheckpoint.open(directory);
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    @Override
    public Checkpoint checkpoint() {
        return checkpoint;
    }

    @Override
    public List<String> writeCompanions(Path folder) throws IOException {
        List<String> copied = new ArrayList<>();
        for (String name : COMPANIONS) {
            if (Files.isRegularFile(directory.resolve(name))) {
                Files.copy(directory.resolve(name), folder.resolve(name));
                copied.add(name);
            }
        }
        return copied;
    }

    @Override
    public void close() throws IOException {
        checkpoint.close();
    }
}
