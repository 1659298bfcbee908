package io.github.bitnetort.export;

import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.checkpoint.QuantizationConfig;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.model.DecoderBuilder;
import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.ops.Packing;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Turns a Hugging Face checkpoint or a GGUF file of a BitNet model into a folder with an ONNX model. */
public final class ModelExporter {
    /** The model file of an export; its external data has {@link ModelWriter#DATA_SUFFIX} more. */
    public static final String MODEL_FILE = "model.onnx";

    private ModelExporter() {}

    /**
     * Exports a checkpoint. The output folder appears complete or not at all; what was there is kept until then. What an
     * export that was killed had left there is removed.
     *
     * @param checkpoint a directory with config.json and model.safetensors or its shards, or a GGUF file
     * @param outputDirectory new or empty, unless an earlier export may be overwritten
     * @throws ExportException for what cannot be exported, naming file, tensor or field, what was found and wanted; and
     *     where another export is writing to the output folder
     * @throws IOException where reading or writing fails
     */
    public static ExportResult export(
            Path checkpoint, Path outputDirectory, ExportOptions options, ProgressListener listener)
            throws IOException {
        try (ModelSource source = ModelSource.open(checkpoint, options.gguf());
                UsedTensors tensors = new UsedTensors(source.checkpoint());
                OutputFolder output =
                        OutputFolder.begin(outputDirectory, options.overwrite(), knownFiles(), checkpoint)) {
            OnnxModel model = model(tensors, source.config(), options);
            Path file = output.path().resolve(MODEL_FILE);
            write(model, file, outputDirectory, options, listener);
            List<String> companions = new ArrayList<>(source.writeCompanions(output.path()));
            if (options.genai().isPresent()) {
                boolean sharedCache =
                        DecoderBuilder.SHARED_CACHE.equals(model.metadata().get(DecoderBuilder.CACHE_PROPERTY));
                companions.addAll(GenaiFiles.write(
                        output.path(), source.config(), options.genai().get(), sharedCache));
            }
            output.finish();
            Packing packing = packing(source.config().quantization(), options);
            Optional<AttentionOperator> attention =
                    AttentionOperator.ofLabel(model.metadata().get(DecoderBuilder.ATTENTION_PROPERTY));
            return result(outputDirectory, packing, attention, companions, tensors, output.recovered());
        }
    }

    /** What is read has names in its errors; what a full disk says has none. */
    private static void write(
            OnnxModel model, Path file, Path outputDirectory, ExportOptions options, ProgressListener listener)
            throws IOException {
        try {
            ModelWriter.write(model, file, ModelWriter.Storage.EXTERNAL, options.threads(), listener);
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            FileSystemException named = new FileSystemException(
                    outputDirectory.toString(), null, "cannot be written to: " + e.getMessage());
            named.initCause(e);
            throw named;
        }
    }

    /** The model, whose tensors are read from the checkpoint when they are written. */
    static OnnxModel model(Checkpoint checkpoint, ModelConfig config, ExportOptions options) {
        Packing packing = packing(config.quantization(), options);
        OnnxModel model = Producer.newModel(config.architecture().className());
        model.metadata().put("bitnet.architecture", config.architecture().className());
        model.metadata()
                .put("bitnet.quantization", config.quantization().scheme().describe());
        model.metadata().put("bitnet.packing", packing.onnxName());
        model.metadata().put("bitnet.operators", options.operators().label());
        model.metadata().put("bitnet.embedding", options.embedding().label());
        model.metadata().put("bitnet.max_positions", Integer.toString(config.maxPositions()));
        List<FunctionProto> bodies = DecoderBuilder.build(model, checkpoint, config, packing, options);
        if (options.functionBody()) {
            model.functions().addAll(bodies);
        }
        return model;
    }

    /** The option chooses where there is a choice: binary weights, and ternary ones in blocks, have one packing each. */
    private static Packing packing(QuantizationConfig quantization, ExportOptions options) {
        if (quantization.binary()) {
            return Packing.BINARY32;
        }
        return quantization.blockSize() > 0 ? Packing.TERNARY16 : options.packing();
    }

    private static ExportResult result(
            Path output,
            Packing packing,
            Optional<AttentionOperator> attention,
            List<String> copied,
            UsedTensors checkpoint,
            boolean recovered)
            throws IOException {
        Path model = output.resolve(MODEL_FILE);
        Path data = output.resolve(MODEL_FILE + ModelWriter.DATA_SUFFIX);
        Set<String> unused = new TreeSet<>(checkpoint.tensorNames());
        unused.removeAll(checkpoint.used());
        long dataBytes = Files.exists(data) ? Files.size(data) : 0;
        return new ExportResult(
                model, Files.size(model), dataBytes, packing, attention, copied, List.copyOf(unused), recovered);
    }

    private static Set<String> knownFiles() {
        Set<String> known = new HashSet<>(ModelSource.COMPANIONS);
        known.addAll(GenaiFiles.NAMES);
        known.add(MODEL_FILE);
        known.add(MODEL_FILE + ModelWriter.DATA_SUFFIX);
        return known;
    }
}
