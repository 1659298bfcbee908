package io.github.bitnetort.export;

import io.github.bitnetort.export.checkpoint.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What onnxruntime-genai wants in a model's folder beside the model and its tokenizer: its configuration, and the op
 * library, which it takes from that folder only.
 */
final class GenaiFiles {
    private static final List<String> LIBRARIES = List.of("libbitmatmul.so", "libbitmatmul.dylib", "bitmatmul.dll");

    /** All that there can be. */
    static final List<String> NAMES = names();

    private GenaiFiles() {}

    /**
     * Writes the files.
     *
     * @param folder an export with its companions
     * @param library the op library's file
     * @param sharedCache whether past and present may be one buffer
     * @return their names
     * @throws ExportException where the library is none of ours, or the checkpoint says no end-of-sequence token
     */
    static List<String> write(Path folder, ModelConfig config, Path library, boolean sharedCache) throws IOException {
        String name = library.getFileName().toString();
        if (!LIBRARIES.contains(name)) {
            throw ExportException.of(library, "op library", name, "one of " + LIBRARIES);
        }
        Files.copy(library, folder.resolve(name));
        GenaiConfig.write(folder, config, name, sharedCache);
        return List.of(GenaiConfig.FILE_NAME, name);
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>(LIBRARIES);
        names.add(GenaiConfig.FILE_NAME);
        return List.copyOf(names);
    }
}
