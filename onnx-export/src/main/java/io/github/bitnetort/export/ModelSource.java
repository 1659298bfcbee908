package io.github.bitnetort.export;

import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.checkpoint.gguf.GgufOptions;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A model to be exported, whatever it lies in. */
interface ModelSource extends Closeable {
    /** Files that a user of the exported model needs too. */
    List<String> COMPANIONS = List.of(
            ModelConfig.FILE_NAME,
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "chat_template.jinja");

    /**
     * A directory of Hugging Face's, or else a GGUF file.
     *
     * @throws ExportException naming file, field or tensor, found and wanted
     */
    static ModelSource open(Path path, GgufOptions options) throws IOException {
        return Files.isRegularFile(path) ? new GgufSource(path, options) : new HuggingFaceSource(path);
    }

    ModelConfig config();

    /** The same at each call; closed with the source. */
    Checkpoint checkpoint();

    /** Writes those of {@link #COMPANIONS} that there are, and returns their names. */
    List<String> writeCompanions(Path folder) throws IOException;
}
