package io.github.bitnetort.export;

import io.github.bitnetort.export.graph.ModelCopy;
import io.github.bitnetort.export.graph.ModelReader;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.NestedExternalData;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.rewrite.Rewriting;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the BitLinear layers in an ONNX model that any exporter wrote, and makes them CustomBitMatMul nodes. */
public final class GraphRewriter {
    private GraphRewriter() {}

    /**
     * Rewrites a model. Everything that is not part of a rewritten layer stays as it was; a model without such layers is
     * copied byte for byte. A model that keeps weights in external data gets them in {@code out} + ".data", any other
     * keeps them inside. The output appears complete or not at all.
     *
     * @param in a model file, with its external data beside it
     * @param out a new file, in a folder that exists
     * @throws ExportException for what is not a model, naming file, tensor or node, what was found and wanted
     * @throws FileAlreadyExistsException where the output, or data beside it, exists
     * @throws IOException where reading or writing fails
     */
    public static RewriteReport rewrite(Path in, Path out, RewriteOptions options, ProgressListener listener)
            throws IOException {
        if (Files.exists(out)) {
            throw new FileAlreadyExistsException(out.toString());
        }
        try (Rewriting rewriting = new Rewriting(options, out)) {
            RewriteReport report;
            try (ModelReader reader = ModelReader.open(in)) {
                checkNestedData(reader.model(), in, out);
                report = rewriting.run(reader.model());
                if (report.changed()) {
                    ModelWriter.Storage storage =
                            reader.hasExternalData() ? ModelWriter.Storage.EXTERNAL : ModelWriter.Storage.INLINE;
                    ModelWriter.write(reader.model(), out, storage, listener);
                    return report;
                }
            }
            ModelCopy.copy(in, out);
            return report;
        }
    }

    /** Tensors outside the main graph keep their external data where it is, which is found from its folder only. */
    private static void checkNestedData(OnnxModel model, Path in, Path out) {
        boolean sameFolder = folder(in).equals(folder(out));
        Optional<String> nested = sameFolder ? Optional.empty() : NestedExternalData.find(model);
        if (nested.isPresent()) {
            throw ExportException.of(
                    in, nested.get(), "external data outside the main graph", "an output in the model's own folder");
        }
    }

    private static Path folder(Path file) {
        return file.toAbsolutePath().normalize().getParent();
    }
}
