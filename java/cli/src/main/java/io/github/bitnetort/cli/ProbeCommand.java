package io.github.bitnetort.cli;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.github.bitnetort.export.ModelProbe;
import io.github.bitnetort.export.ProbePoint;
import io.github.bitnetort.generate.ModelOptions.Engine;
import io.github.bitnetort.generate.TextTokenizer;
import io.github.bitnetort.ops.Activation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says at which layer two runs of a model part. */
@Command(
        name = "probe",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Run two models on one input and compare them layer by layer. For each BitLinear: the largest difference of its"
                    + " input and output, by the largest magnitude, and the share of int8 activations (or signs) that come"
                    + " out differently. The first layer whose output departs is named.",
            "Without B, A with the op library is compared with A without it."
        })
final class ProbeCommand implements Callable<Integer> {
    private static final long[] DEFAULT_IDS = {1, 2, 3, 4, 5, 6, 7, 8};

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "A", description = "A model file, or an exported model's folder.")
    private Path a;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "B",
            description = "Another, of the same layer names or value names; or a safetensors file of reference tensors"
                    + " (module.NAME.input, module.NAME.output, *.input_ids).")
    private Path b;

    @ArgGroup(multiplicity = "0..1")
    private Prompt prompt;

    private static final class Prompt {
        @Option(
                names = {"-p", "--prompt"},
                paramLabel = "PROMPT",
                description = "The text to run on; A's folder must hold tokenizer.json.")
        private String text;

        @Option(
                names = "--prompt-ids",
                paramLabel = "ID",
                split = ",",
                description = "The token ids to run on (default: those of the reference tensors, else 1 to 8).")
        private long[] ids;
    }

    @Option(
            names = "--engine-a",
            paramLabel = "ENGINE",
            defaultValue = "plug_in",
            description =
                    "plug_in (the op library) or portable (the model's own function body) (default: ${DEFAULT-VALUE}).")
    private Engine engineA;

    @Option(
            names = "--engine-b",
            paramLabel = "ENGINE",
            description = "The same for B (default: plug_in; portable where no B is given).")
    private Engine engineB;

    @Option(
            names = "--tolerance",
            paramLabel = "T",
            defaultValue = "1e-5",
            description = "A layer departs where its output differs by more than this part of its largest magnitude"
                    + " (default: ${DEFAULT-VALUE}).")
    private double tolerance;

    @Override
    public Integer call() throws OrtException, IOException {
        if (b != null && ReferenceValues.isReference(b)) {
            try (ReferenceValues reference = ReferenceValues.open(b)) {
                compareWith(reference);
            }
        } else {
            compareModels();
        }
        return 0;
    }

    private void compareWith(ReferenceValues reference) throws OrtException, IOException {
        OrtEnvironment environment = Ort.environment();
        ModelProbe model = ModelProbe.open(a);
        List<ProbePoint> points = points(model, model);
        long[] ids = prompt == null ? reference.ids() : ids();
        ProbeInputs inputs = new ProbeInputs(environment, ids);
        report(ids, points, ModelValues.run(environment, model, engineA, inputs, points), reference);
    }

    private void compareModels() throws OrtException, IOException {
        OrtEnvironment environment = Ort.environment();
        ModelProbe first = ModelProbe.open(a);
        ModelProbe second = b == null ? first : ModelProbe.open(b);
        List<ProbePoint> points = points(first, second);
        long[] ids = ids();
        ProbeInputs inputs = new ProbeInputs(environment, ids);
        Engine other = engineB != null ? engineB : b == null ? Engine.PORTABLE : Engine.PLUG_IN;
        report(
                ids,
                points,
                ModelValues.run(environment, first, engineA, inputs, points),
                ModelValues.run(environment, second, other, inputs, points));
    }

    /** A's layers; where A is a graph that was not rewritten, B's, whose value names are then A's too. */
    private List<ProbePoint> points(ModelProbe first, ModelProbe second) throws IOException {
        List<ProbePoint> points = first.points();
        if (points.isEmpty()) {
            points = second.points();
        }
        if (points.isEmpty()) {
            throw new IllegalArgumentException(first.file() + ": found no CustomBitMatMul node"
                    + (second == first ? "" : ", nor in " + second.file())
                    + ", wanted a model that has been exported or"
                    + " rewritten");
        }
        return points;
    }

    private long[] ids() throws IOException {
        if (prompt == null) {
            return DEFAULT_IDS;
        }
        if (prompt.ids != null) {
            return prompt.ids;
        }
        try (TextTokenizer tokenizer = TextTokenizer.open(a)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(), a + ": found no tokenizer.json, wanted one, or --prompt-ids"))) {
            return tokenizer.encode(prompt.text);
        }
    }

    private void report(long[] ids, List<ProbePoint> points, ProbeValues first, ProbeValues second) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "A       %s%nB       %s%ninput   %d tokens%n%n", first.description(), second.description(), ids.length);
        List<LayerDifference> differences = new ArrayList<>();
        int missing = 0;
        for (ProbePoint point : points) {
            Optional<float[]> yA = first.output(point);
            Optional<float[]> yB = second.output(point);
            if (yA.isEmpty() || yB.isEmpty()) {
                missing++;
                continue;
            }
            float[] xA = first.input(point).orElse(null);
            float[] xB = second.input(point).orElse(null);
            differences.add(LayerDifference.of(point, xA, xB, yA.get(), yB.get()));
        }
        table(differences).print(out);
        out.println();
        if (missing > 0) {
            out.printf("%d of %d layers are on one side only%n", missing, points.size());
        }
        out.println(verdict(differences));
        out.flush();
    }

    private static Table table(List<LayerDifference> differences) {
        Table table = new Table("layer", "input", "flipped int8", "wrong signs", "output", "output, absolute");
        for (LayerDifference row : differences) {
            boolean sign = row.point().activation() == Activation.SIGN;
            table.row(
                    row.point().module(),
                    format(row.input()),
                    sign ? "" : share(row.quantized()),
                    sign ? share(row.quantized()) : "",
                    format(row.output()),
                    format(row.outputAbsolute()));
        }
        return table;
    }

    private String verdict(List<LayerDifference> differences) {
        Optional<LayerDifference> first =
                differences.stream().filter(row -> row.output() > tolerance).findFirst();
        if (first.isEmpty()) {
            double largest = differences.stream()
                    .mapToDouble(LayerDifference::output)
                    .max()
                    .orElse(Double.NaN);
            return differences.isEmpty()
                    ? "nothing to compare: no layer is on both sides"
                    : "no layer departs: the largest difference is " + format(largest)
                            + " of the output's largest magnitude";
        }
        LayerDifference row = first.get();
        String cause = row.quantized().isEmpty()
                ? "its input is not known on both sides"
                : row.quantized().getAsDouble() == 0
                        ? "its quantized input is the same: the layer itself differs"
                        : "its quantized input differs already, in " + share(row.quantized());
        return "first to depart: " + row.point().module() + ", by " + format(row.output()) + " (" + cause + ")";
    }

    private static String share(OptionalDouble value) {
        return value.isEmpty() ? "?" : String.format(Locale.ROOT, "%.4f %%", 100 * value.getAsDouble());
    }

    private static String format(OptionalDouble value) {
        return value.isEmpty() ? "?" : format(value.getAsDouble());
    }

    private static String format(double value) {
        return value == 0 ? "0" : String.format(Locale.ROOT, "%.2e", value);
    }
}
