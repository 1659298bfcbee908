package io.github.bitnetort.export;

import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.checkpoint.gguf.GgufModel;
import io.github.bitnetort.export.checkpoint.gguf.GgufOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A GGUF file, which holds configuration and tokenizer too. */
final class GgufSource implements ModelSource {
    private final GgufModel model;
    private final Checkpoint checkpoint;
    private final Map<String, byte[]> companions;

    GgufSource(Path file, GgufOptions options) throws IOException {
        this.model = GgufModel.open(file, options);
        this.checkpoint = model.checkpoint();
        try {
            this.companions = model.companions();
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    @Override
    public ModelConfig config() {
        return model.config();
    }

    @Override
    public Checkpoint checkpoint() {
        return checkpoint;
    }

    @Override
    public List<String> writeCompanions(Path folder) throws IOException {
        List<String> written = new ArrayList<>();
        for (Map.Entry<String, byte[]> companion : companions.entrySet()) {
            Files.write(folder.resolve(companion.getKey()), companion.getValue());
            written.add(companion.getKey());
        }
        return written;
    }

    @Override
    public void close() throws IOException {
        model.close();
    }
}
