package io.github.bitnetort.export;

import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.checkpoint.SafetensorsCheckpoint;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.model.DecoderBuilder;
import io.github.bitnetort.export.model.PortableBody;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Turns a Hugging Face checkpoint of a BitNet model into a folder with an ONNX model. */
public final class ModelExporter {
    /** The model file of an export; its external data has {@link ModelWriter#DATA_SUFFIX} more. */
    public static final String MODEL_FILE = "model.onnx";

    /** Files of the checkpoint that a user of the model needs too. */
    private static final List<String> COMPANIONS = List.of(
            ModelConfig.FILE_NAME,
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "chat_template.jinja");

    private ModelExporter() {}

    /**
     * Exports a checkpoint. The output folder appears complete or not at all; what was there is kept until then.
     *
     * @param checkpointDirectory has config.json and model.safetensors or its shards
     * @param outputDirectory new or empty, unless an earlier export may be overwritten
     * @throws ExportException for what cannot be exported, naming file, tensor or field, what was found and wanted
     * @throws IOException where reading or writing fails
     */
    public static ExportResult export(
            Path checkpointDirectory, Path outputDirectory, ExportOptions options, ProgressListener listener)
            throws IOException {
        ModelConfig config = ModelConfig.read(checkpointDirectory);
        try (UsedTensors checkpoint = new UsedTensors(SafetensorsCheckpoint.open(checkpointDirectory));
                OutputFolder output =
                        OutputFolder.begin(outputDirectory, options.overwrite(), knownFiles(), checkpointDirectory)) {
            OnnxModel model = model(checkpoint, config, options);
            ModelWriter.write(model, output.path().resolve(MODEL_FILE), ModelWriter.Storage.EXTERNAL, listener);
            List<String> copied = copyCompanions(checkpointDirectory, output.path());
            output.finish();
            return result(outputDirectory, copied, checkpoint);
        }
    }

    private static OnnxModel model(Checkpoint checkpoint, ModelConfig config, ExportOptions options) {
        OnnxModel model = Producer.newModel(config.architecture().className());
        model.metadata().put("bitnet.architecture", config.architecture().className());
        model.metadata()
                .put("bitnet.quantization", config.quantization().scheme().describe());
        model.metadata().put("bitnet.packing", options.packing().onnxName());
        model.metadata().put("bitnet.max_positions", Integer.toString(config.maxPositions()));
        PortableBody.Variant variant = DecoderBuilder.build(model, checkpoint, config, options.packing());
        if (options.functionBody()) {
            model.functions().add(PortableBody.of(variant));
        }
        return model;
    }

    private static List<String> copyCompanions(Path from, Path to) throws IOException {
        List<String> copied = new ArrayList<>();
        for (String name : COMPANIONS) {
            if (Files.isRegularFile(from.resolve(name))) {
                Files.copy(from.resolve(name), to.resolve(name));
                copied.add(name);
            }
        }
        return copied;
    }

    private static ExportResult result(Path output, List<String> copied, UsedTensors checkpoint) throws IOException {
        Path model = output.resolve(MODEL_FILE);
        Path data = output.resolve(MODEL_FILE + ModelWriter.DATA_SUFFIX);
        Set<String> unused = new TreeSet<>(checkpoint.tensorNames());
        unused.removeAll(checkpoint.used());
        long dataBytes = Files.exists(data) ? Files.size(data) : 0;
        return new ExportResult(model, Files.size(model), dataBytes, copied, List.copyOf(unused));
    }

    private static Set<String> knownFiles() {
        Set<String> known = new HashSet<>(COMPANIONS);
        known.add(MODEL_FILE);
        known.add(MODEL_FILE + ModelWriter.DATA_SUFFIX);
        return known;
    }
}
