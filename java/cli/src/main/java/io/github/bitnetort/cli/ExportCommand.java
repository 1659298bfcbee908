package io.github.bitnetort.cli;

import io.github.bitnetort.export.AttentionOperator;
import io.github.bitnetort.export.EmbeddingType;
import io.github.bitnetort.export.ExportOptions;
import io.github.bitnetort.export.ExportResult;
import io.github.bitnetort.export.ModelExporter;
import io.github.bitnetort.export.Operators;
import io.github.bitnetort.export.checkpoint.gguf.GgufOptions;
import io.github.bitnetort.export.checkpoint.gguf.I2sLayout;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.runtime.BitNetOps;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Turns a checkpoint into an ONNX model. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Turn a Hugging Face checkpoint or a GGUF file into an ONNX model. Prints the model's file.")
final class ExportCommand implements Callable<Integer> {
    static final String WITHOUT_BODY =
            "Leave out the op's body of standard operators: the model then runs with the op library only.";

    private static final int UNUSED_SHOWN = 5;
    private static final String I2S_LAYOUT = "--i2s-layout";
    private static final String PRE_TOKENIZER = "--pre-tokenizer";

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "CHECKPOINT", description = "Folder with config.json and safetensors, or a GGUF file.")
    private Path checkpoint;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            required = true,
            description = "Folder to write: model.onnx, its weights, and the checkpoint's configuration and tokenizer.")
    private Path output;

    @Option(
            names = "--packing",
            paramLabel = "PACKING",
            defaultValue = "ternary16",
            converter = PackingName.class,
            description = PackingName.CHOICE + " (default: ${DEFAULT-VALUE}).")
    private Packing packing;

    @Option(
            names = "--operators",
            paramLabel = "OPERATORS",
            defaultValue = "ort",
            converter = OperatorsName.class,
            description = "ort (ONNX Runtime's fused operators, KV cache in place; ONNX Runtime 1.22 or later)"
                    + " or standard (ONNX's own, for any runtime) (default: ${DEFAULT-VALUE}).")
    private Operators operators;

    @Option(
            names = "--attention",
            paramLabel = "OPERATOR",
            converter = AttentionName.class,
            description = "With --operators ort: custom (CustomGroupQueryAttention, the same bits on every machine)"
                    + " or ort (ONNX Runtime's GroupQueryAttention) (default: custom).")
    private AttentionOperator attention;

    @Option(
            names = "--embedding",
            paramLabel = "TYPE",
            defaultValue = "int8",
            converter = EmbeddingName.class,
            description = "Embedding table and a head that is not ternary: f32 (the checkpoint's numbers), f16,"
                    + " int8 (a scale a row) or int4 (a scale for 32 columns) (default: ${DEFAULT-VALUE}).")
    private EmbeddingType embedding;

    @Option(
            names = I2S_LAYOUT,
            paramLabel = "LAYOUT",
            defaultValue = "x86",
            description =
                    "Of a GGUF file with I2_S weights: x86 or arm, the kind of machine that quantized it; the file"
                            + " does not say (default: ${DEFAULT-VALUE}).")
    private I2sLayout i2sLayout;

    @Option(
            names = PRE_TOKENIZER,
            paramLabel = "NAME",
            description = "Of a GGUF file: llama-bpe, qwen2, gpt-2 or default, in place of what the file says.")
    private String preTokenizer;

    @Option(
            names = "--genai",
            description = "Make DIR a folder that onnxruntime-genai runs: with genai_config.json and the op library for"
                    + " this kind of system.")
    private boolean genai;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Threads; 0: one for each core (default: ${DEFAULT-VALUE}). They do not change a byte.")
    private int threads;

    @Option(names = "--overwrite", description = "Replace an earlier export in DIR.")
    private boolean overwrite;

    @Option(names = "--no-portable-body", description = WITHOUT_BODY)
    private boolean withoutBody;

    @Override
    public Integer call() throws IOException {
        checkGgufOptions();
        ExportOptions options = ExportOptions.DEFAULT
                .withPacking(packing)
                .withOperators(operators)
                .withAttention(attention())
                .withEmbedding(embedding)
                .withOverwrite(overwrite)
                .withFunctionBody(!withoutBody)
                .withGguf(new GgufOptions(i2sLayout, preTokenizer))
                .withThreads(threads());
        if (genai) {
            options = options.withGenai(BitNetOps.getLibraryPath());
        }
        ExportResult result;
        try (Progress progress = Progress.of("export")) {
            result = ModelExporter.export(checkpoint, output, options, progress);
        }
        spec.commandLine().getOut().println(result.model());
        report(result);
        return 0;
    }

    private void checkGgufOptions() {
        for (String option : List.of(I2S_LAYOUT, PRE_TOKENIZER)) {
            if (Files.isDirectory(checkpoint)
                    && spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new ParameterException(
                        spec.commandLine(),
                        option + ": found it with a folder, " + checkpoint + ", wanted a GGUF file");
            }
        }
    }

    private AttentionOperator attention() {
        if (attention != null && operators == Operators.STANDARD) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--attention: found " + attention.label() + " with --operators standard, wanted it with ort");
        }
        return attention == null ? ExportOptions.DEFAULT.attention() : attention;
    }

    private int threads() {
        if (threads < 0) {
            throw new ParameterException(spec.commandLine(), "--threads: found " + threads + ", wanted 0 or more");
        }
        return threads;
    }

    private void report(ExportResult result) {
        PrintWriter err = spec.commandLine().getErr();
        if (result.recovered()) {
            err.printf("removed what an export that was killed had left for %s%n", output);
        }
        err.printf(
                "wrote %s (%s) and its weights (%s)%n",
                result.model().getFileName(), Bytes.format(result.modelBytes()), Bytes.format(result.dataBytes()));
        if (result.packing() != packing) {
            err.printf(
                    "packed as %s: these weights leave no choice%n",
                    result.packing().onnxName());
        }
        if (operators == Operators.ORT && result.attention().isEmpty()) {
            err.println("attention in standard operators: heads of this width leave no choice");
        }
        List<String> unused = result.unused();
        if (!unused.isEmpty()) {
            String more = unused.size() > UNUSED_SHOWN ? ", ..." : "";
            String names = String.join(", ", unused.subList(0, Math.min(UNUSED_SHOWN, unused.size())));
            err.printf("%d tensors of the checkpoint have no use in the model: %s%s%n", unused.size(), names, more);
        }
        err.flush();
    }

    /** What attention may be, by label. */
    private static final class AttentionName extends ByName<AttentionOperator> {
        AttentionName() {
            super(List.of(AttentionOperator.values()), AttentionOperator::label);
        }
    }

    /** How the embedding may be stored, by label. */
    private static final class EmbeddingName extends ByName<EmbeddingType> {
        EmbeddingName() {
            super(List.of(EmbeddingType.values()), EmbeddingType::label);
        }
    }

    /** What the graph may be made of, by label. */
    private static final class OperatorsName extends ByName<Operators> {
        OperatorsName() {
            super(List.of(Operators.values()), Operators::label);
        }
    }
}
