package io.github.bitnetort.cli;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.github.bitnetort.export.ExportOptions;
import io.github.bitnetort.export.ExportResult;
import io.github.bitnetort.export.ExportedBitMatMul;
import io.github.bitnetort.export.ModelExporter;
import io.github.bitnetort.export.ModelInspector;
import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.GenerationOptions;
import io.github.bitnetort.generate.Generator;
import io.github.bitnetort.ops.BitMatMuls;
import io.github.bitnetort.runtime.BitNetOps;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Everything at once, on the trained checkpoint that the project ships. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Export the trained checkpoint that the project ships, generate text with it, compare native code, portable"
                    + " body and pure Java bit for bit on each of its layers, and measure.",
            "Exit code 1 when anything differs."
        })
final class DemoCommand implements Callable<Integer> {
    static final String HOME_PROPERTY = "bitnet.home";
    private static final Path SHIPPED = Path.of("tests", "fixtures", "kjv-bitnet");

    @Spec
    private CommandSpec spec;

    @Option(names = "--checkpoint", paramLabel = "DIR", description = "Another checkpoint with a tokenizer.")
    private Path checkpoint;

    @Option(
            names = {"-p", "--prompt"},
            paramLabel = "PROMPT",
            defaultValue = "In the beginning",
            description = "The text to continue (default: ${DEFAULT-VALUE}).")
    private String prompt;

    @Option(
            names = {"-n", "--max-new-tokens"},
            paramLabel = "N",
            defaultValue = "64",
            description = "At most so many new tokens (default: ${DEFAULT-VALUE}).")
    private int tokens;

    private PrintWriter out;

    @Override
    public Integer call() throws OrtException, IOException {
        out = spec.commandLine().getOut();
        if (tokens < 2) {
            throw new ParameterException(spec.commandLine(), "max new tokens: found " + tokens + ", wanted 2 or more");
        }
        OrtEnvironment environment = Ort.environment();
        try (TemporaryFolder folder = TemporaryFolder.create("bitnet-demo")) {
            Path model = folder.path().resolve("model");
            export(model);
            generate(model);
            boolean exact = prove(environment, model);
            boolean same = measure(model);
            return exact && same ? 0 : 1;
        }
    }

    private Path checkpoint() {
        if (checkpoint != null) {
            return checkpoint;
        }
        String home = System.getProperty(HOME_PROPERTY);
        if (home == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "checkpoint: found none, wanted --checkpoint DIR (only ./bitnet knows the shipped one)");
        }
        return Path.of(home).resolve(SHIPPED);
    }

    private void export(Path model) throws IOException {
        Path from = checkpoint();
        ExportResult result;
        try (Progress progress = Progress.of("export")) {
            result = ModelExporter.export(from, model, ExportOptions.DEFAULT, progress);
        }
        heading("Export");
        out.printf(
                "%s -> model.onnx (%s) and its weights (%s)%n",
                from, Bytes.format(result.modelBytes()), Bytes.format(result.dataBytes()));
    }

    private void generate(Path folder) throws OrtException, IOException {
        heading("Text, with the op library " + BitNetOps.getLibraryPath());
        try (BitNetModel model = BitNetModel.open(folder);
                Generator generator = model.generator()) {
            out.print(prompt);
            generator.generate(prompt, GenerationOptions.greedy(tokens), new TextPrinter(out));
            out.println();
        }
    }

    private boolean prove(OrtEnvironment environment, Path folder) throws OrtException, IOException {
        BitMatMuls.Choice java = BitMatMuls.choose();
        heading("Bits that differ from pure Java (" + java.implementation().name() + "), layer by layer: "
                + LayerProof.describeInput());
        LayerProof proof = new LayerProof(environment, java.implementation());
        Table table = new Table("layer", "N", "K", "outputs", "op library", "portable body");
        long outputs = 0;
        int different = 0;
        for (ExportedBitMatMul node : ModelInspector.bitMatMuls(folder)) {
            LayerProof.Row row = proof.compare(node);
            table.row(node.node(), node.spec().n(), node.spec().k(), row.outputs(), row.libraryBits(), row.bodyBits());
            outputs += row.outputs();
            different += row.isExact() ? 0 : 1;
        }
        table.print(out);
        out.println(
                different == 0
                        ? "All three agree in every bit of " + outputs + " outputs."
                        : different + " layers DIFFER.");
        return different == 0;
    }

    private boolean measure(Path folder) throws OrtException, IOException {
        heading("Decode speed: " + SpeedComparison.THREADS + " thread, medians of " + SpeedComparison.ROUNDS
                + " runs of " + tokens + " tokens in turns");
        SpeedComparison speed = SpeedComparison.run(folder, prompt, tokens);
        out.printf(Locale.ROOT, "with the op library     %8.1f tokens/s%n", speed.library());
        out.printf(Locale.ROOT, "without (portable body) %8.1f tokens/s%n", speed.portable());
        out.printf(Locale.ROOT, "ratio                   %8.2f%n", speed.library() / speed.portable());
        out.println(speed.sameTokens() ? "Both gave the same tokens." : "Their tokens DIFFER.");
        return speed.sameTokens();
    }

    private void heading(String text) {
        out.println();
        out.println("== " + text);
        out.flush();
    }
}
