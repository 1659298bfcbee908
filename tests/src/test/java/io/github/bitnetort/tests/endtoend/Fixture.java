package io.github.bitnetort.tests.endtoend;

import io.github.bitnetort.export.AttentionOperator;
import io.github.bitnetort.export.EmbeddingType;
import io.github.bitnetort.export.ExportOptions;
import io.github.bitnetort.export.ModelExporter;
import io.github.bitnetort.export.ProgressListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** A checkpoint of {@code tests/fixtures} with the reference outputs beside it, exported once a test run. */
public record Fixture(String name) {
    /** The trained model. */
    public static final Fixture TRAINED = new Fixture("kjv-bitnet");

    /**
     * Prompts of the trained model's reference in which two best logits come so close, with embedding and head in 8 bits,
     * that a correct engine may depart, and the first step where.
     */
    public static final Map<Integer, Integer> SAFE_STEPS_OF_INT8 = Map.of(2, 50, 3, 15, 4, 23);

    /** The checkpoint's numbers in embedding and head, too. */
    static final ExportOptions EXACT = ExportOptions.DEFAULT.withEmbedding(EmbeddingType.F32);

    private static final Path FOLDER = Path.of("fixtures");
    private static final Map<String, Path> EXPORTS = new ConcurrentHashMap<>();

    /** Every folder that has a reference. */
    public static List<Fixture> all() {
        try (Stream<Path> folders = Files.list(FOLDER)) {
            return folders.filter(folder -> Files.exists(folder.resolve("reference.safetensors")))
                    .map(folder -> new Fixture(folder.getFileName().toString()))
                    .sorted((a, b) -> a.name.compareTo(b.name))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder of a Hugging Face checkpoint, or a GGUF file. */
    public Path checkpoint() {
        Path gguf = file("model.gguf");
        return Files.exists(gguf) ? gguf : FOLDER.resolve(name);
    }

    /** What lies in the fixture's folder under that name. */
    Path file(String file) {
        return FOLDER.resolve(name).resolve(file);
    }

    public References references() throws IOException {
        return References.open(file("reference.safetensors"));
    }

    /** A file of {@code fixtures/heldout}. */
    static References heldout(String file) throws IOException {
        return References.open(FOLDER.resolve("heldout").resolve(file));
    }

    /** The folder of the model as it is exported by default. */
    public Path exported() {
        return exported("", ExportOptions.DEFAULT);
    }

    /** The folder of the model with the checkpoint's own numbers in embedding and head, as a reference computes. */
    public Path exportedExactly() {
        return exported("-f32", EXACT);
    }

    /** The same with that operator for attention. */
    Path exportedExactly(AttentionOperator attention) {
        return exported("-f32-" + attention.label(), EXACT.withAttention(attention));
    }

    /**
     * The folder of the model exported in another way.
     *
     * @param label of its own for each way, appended to the fixture's name
     */
    Path exported(String label, ExportOptions options) {
        return EXPORTS.computeIfAbsent(name + label, key -> {
            Path folder = Path.of("target", "exports", key);
            try {
                ModelExporter.export(checkpoint(), folder, options.withOverwrite(true), ProgressListener.NONE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return folder;
        });
    }

    @Override
    public String toString() {
        return name;
    }
}
