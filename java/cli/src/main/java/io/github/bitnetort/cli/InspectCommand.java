package io.github.bitnetort.cli;

import io.github.bitnetort.export.ModelInspector;
import io.github.bitnetort.export.ModelReport;
import io.github.bitnetort.export.WeightCounts;
import io.github.bitnetort.export.WeightHistogram;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what is in a model. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description =
                "Say what is in a model: CustomBitMatMul nodes, packings, shapes, bytes, and what is not ternary.")
final class InspectCommand implements Callable<Integer> {
    private static final int BAR = 10;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "A model file, or an exported model's folder.")
    private Path model;

    @Option(
            names = "--histogram",
            description = "How each layer's weights are distributed: shares of -1, 0 and +1, zeros a row, scales.")
    private boolean histogram;

    private PrintWriter out;

    @Override
    public Integer call() throws IOException {
        ModelReport report = ModelInspector.inspect(model);
        out = spec.commandLine().getOut();
        summary(report);
        nodes(report);
        others(report);
        if (histogram) {
            histograms(WeightHistogram.of(model));
        }
        return 0;
    }

    private void summary(ModelReport report) {
        line("model", report.file() + ", " + Bytes.format(report.fileBytes()));
        line("external data", Bytes.format(report.dataBytes()));
        line("producer", report.producer() + ", IR version " + report.irVersion());
        line("operator sets", sorted(report.opsets()));
        line("metadata", sorted(report.metadata()));
        line(
                "portable body",
                report.portableBody() ? "yes: runs without the op library, too" : "no: needs the op library");
        line("operators", sorted(report.operators()));
        line(
                "constants",
                String.format(
                        Locale.ROOT,
                        "%s, of which %s (%.1f %%) are packed weights",
                        Bytes.format(report.constantBytes()),
                        Bytes.format(report.packedBytes()),
                        100 * report.packedShare()));
    }

    private void nodes(ModelReport report) {
        out.println();
        out.println(report.nodes().size() + " CustomBitMatMul nodes");
        if (report.nodes().isEmpty()) {
            return;
        }
        Table table = new Table(
                "node", "N", "K", "packing", "activation", "block size", "bias", "bytes", "-1", "0", "+1", "invalid");
        for (ModelReport.Node node : report.nodes()) {
            WeightCounts weights = node.weights();
            table.row(
                    node.name(),
                    node.spec().n(),
                    node.spec().k(),
                    node.spec().packing().onnxName(),
                    node.spec().activation().onnxName(),
                    node.spec().blockSize(),
                    node.bias() ? "yes" : "no",
                    node.packedBytes(),
                    weights.minus(),
                    weights.zero(),
                    weights.plus(),
                    weights.invalid());
        }
        table.print(out);
    }

    private void others(ModelReport report) {
        out.println();
        out.println(report.others().size() + " constants that are not ternary");
        if (report.others().isEmpty()) {
            return;
        }
        Table table = new Table("constant", "type", "shape", "bytes", "used by");
        for (ModelReport.Tensor tensor : report.others()) {
            table.row(tensor.name(), tensor.type(), tensor.dims(), tensor.bytes(), String.join(" ", tensor.usedBy()));
        }
        table.print(out);
    }

    private void histograms(List<WeightHistogram> layers) {
        out.println();
        out.println("weights of " + layers.size() + " layers");
        if (layers.isEmpty()) {
            return;
        }
        Table table = new Table(
                "layer", "-1", "0", "+1", "-1 | 0 | +1", "zeros a row, least", "median", "most", "empty rows", "scale");
        for (WeightHistogram layer : layers) {
            WeightCounts counts = layer.counts();
            table.row(
                    layer.module(),
                    percent(counts.minus(), counts.total()),
                    percent(counts.zero(), counts.total()),
                    percent(counts.plus(), counts.total()),
                    bars(counts),
                    percent(layer.rowSparsity().least(), 1),
                    percent(layer.rowSparsity().median(), 1),
                    percent(layer.rowSparsity().most(), 1),
                    layer.emptyRows(),
                    range(layer.scale()));
        }
        table.print(out);
    }

    private static String bars(WeightCounts counts) {
        return bar(counts.minus(), counts.total()) + "|" + bar(counts.zero(), counts.total()) + "|"
                + bar(counts.plus(), counts.total());
    }

    /** Ten characters wide. */
    private static String bar(long part, long total) {
        int length = Math.round(BAR * (float) part / total);
        return "#".repeat(length) + " ".repeat(BAR - length);
    }

    private static String percent(double part, double total) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * part / total);
    }

    private static String range(WeightHistogram.Range scale) {
        return scale.least() == scale.most() ? Float.toString(scale.least()) : scale.least() + " to " + scale.most();
    }

    private void line(String what, String value) {
        out.printf("%-14s %s%n", what, value);
    }

    private static String sorted(Map<String, ?> map) {
        return map.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> (entry.getKey().isEmpty() ? "onnx" : entry.getKey()) + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }
}
