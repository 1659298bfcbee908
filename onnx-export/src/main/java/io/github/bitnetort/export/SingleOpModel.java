package io.github.bitnetort.export;

import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;

/** A model of one node. For tests and benchmarks of its op. */
public interface SingleOpModel {
    /** The model; it may be changed, such as into one that the op must refuse. */
    OnnxModel toModel();

    /** The model file's bytes, weights inline. */
    default byte[] toBytes() {
        return ModelWriter.toBytes(toModel());
    }

    /**
     * Writes a new model file, and {@code <file>.data} beside it for external weights.
     *
     * @throws IOException where a file exists or cannot be written
     */
    default void write(Path file, ModelWriter.Storage storage) throws IOException {
        ModelWriter.write(toModel(), file, storage, ProgressListener.NONE);
    }
}
