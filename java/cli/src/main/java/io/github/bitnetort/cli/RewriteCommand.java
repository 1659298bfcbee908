package io.github.bitnetort.cli;

import io.github.bitnetort.export.GraphRewriter;
import io.github.bitnetort.export.RewriteOptions;
import io.github.bitnetort.export.RewriteReport;
import io.github.bitnetort.ops.Packing;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Finds the BitLinear layers in an ONNX model and makes them CustomBitMatMul nodes. */
@Command(
        name = "rewrite",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Find the BitLinear layers in an ONNX model, whoever exported it, and make them CustomBitMatMul nodes.",
            "Prints the file that was written. A model without such layers is copied as it is."
        })
final class RewriteCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "IN.onnx", description = "A model file, its external data beside it.")
    private Path input;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT.onnx",
            required = true,
            description = "File to write. Where IN.onnx has external data, OUT.onnx.data holds the new model's.")
    private Path output;

    @Option(
            names = "--packing",
            paramLabel = "PACKING",
            converter = PackingName.class,
            description = PackingName.CHOICE + ". Left out: ternary16, or binary32 where no weight is 0.")
    private Packing packing;

    @Option(names = "--explain", description = "Say of each product with constant weights what became of it, and why.")
    private boolean explain;

    @Option(
            names = "--verify",
            description = "Run both models on the same random input and print how far their outputs differ.")
    private boolean verify;

    @Option(
            names = "--dim",
            paramLabel = "NAME=SIZE",
            description = "For --verify: the size of a free dimension. May be repeated.")
    private Map<String, Integer> dims = new HashMap<>();

    @Option(
            names = "--assume-int8-activations",
            description =
                    "Rewrite layers of ternary weights whose activations are not quantized, too. That changes what "
                            + "they compute.")
    private boolean assumeInt8;

    @Option(names = "--no-merge", description = "Keep layers that read the same input apart.")
    private boolean withoutMerge;

    @Option(
            names = {"--no-function-body", "--no-portable-body"},
            description = ExportCommand.WITHOUT_BODY)
    private boolean withoutBody;

    @Option(
            names = {"--binarize", "--ternarize"},
            hidden = true)
    private boolean quantize;

    @Override
    public Integer call() throws Exception {
        if (quantize) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--binarize, --ternarize: rounding a float model's weights to one bit or three values gives garbage "
                            + "without training; rewrite takes models that were trained that way");
        }
        dims.forEach(this::checkDim);
        RewriteOptions options = RewriteOptions.DEFAULT
                .withPacking(packing)
                .withFunctionBody(!withoutBody)
                .withMerge(!withoutMerge)
                .withAssumeInt8Activations(assumeInt8);
        RewriteReport report;
        try (Progress progress = Progress.of("rewrite")) {
            report = GraphRewriter.rewrite(input, output, options, progress);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (explain) {
            report.decisions()
                    .forEach(decision -> out.printf(
                            "%s %s (%s): %s%n",
                            decision.rewritten() ? "rewritten" : "left",
                            decision.node(),
                            decision.operator(),
                            decision.reason()));
        }
        out.println(output);
        summary(report);
        if (verify && report.changed()) {
            new RewriteVerification(out, dims).run(input, output);
        }
        return 0;
    }

    private void checkDim(String name, int size) {
        if (!verify || size < 1) {
            String found = verify ? "found size " + size + ", wanted 1 or more" : "found no --verify, which it is for";
            throw new ParameterException(spec.commandLine(), "--dim " + name + ": " + found);
        }
    }

    private void summary(RewriteReport report) throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        if (report.changed()) {
            err.printf(
                    "%d BitLinear layers became %d CustomBitMatMul nodes; %d nodes that they were made of are gone; "
                            + "%s became %s%n",
                    report.layers(),
                    report.nodes(),
                    report.removedNodes(),
                    Bytes.format(size(input)),
                    Bytes.format(size(output)));
        } else {
            err.println("nothing to rewrite: " + nothing(report) + "; the model was copied as it is");
        }
        long left = report.decisions().stream()
                .filter(decision -> !decision.rewritten())
                .count();
        if (left > 0 && !explain) {
            err.printf("%d products with constant weights were left; --explain says why%n", left);
        }
        report.notes().forEach(err::println);
        err.flush();
    }

    private static String nothing(RewriteReport report) {
        return report.decisions().isEmpty()
                ? "there is no product with constant weights"
                : "none of the " + report.decisions().size() + " products with constant weights is a BitLinear layer";
    }

    /** The model file and, for what the rewriting wrote, the data beside it. */
    private static long size(Path model) throws IOException {
        Path data = model.resolveSibling(model.getFileName() + ".data");
        return Files.size(model) + (Files.exists(data) ? Files.size(data) : 0);
    }
}
