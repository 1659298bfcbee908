package io.github.bitnetort.tests.bench.model;

import ai.onnxruntime.OrtException;
import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.Generator;
import io.github.bitnetort.tests.bench.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What is said of where time goes. Each profile is that of a model that is opened for it. */
record ProfileFigures(Figures figures, ModelBenchOptions options) {
    private static final int STEP_TOKENS = 40;

    /** Runs that do not count: the prompt, and the first step after it. */
    private static final int STEP_WARM_UP = 2;

    private static final int PROMPT_WARM_UP = 1;

    /** Reads or continues texts; milliseconds that a profiled step or prompt took. */
    @FunctionalInterface
    private interface Work {
        double run(Generator generator, int vocab) throws OrtException;
    }

    @FunctionalInterface
    private interface Reading {
        OperatorProfile of(Path file, int vocab) throws IOException;
    }

    /** @param plain milliseconds of a step without the profiler, which adds to each node and between them */
    void reportStep(double plain) throws IOException, OrtException {
        profile(
                "decode step",
                plain,
                (generator, vocab) -> {
                    Run run = Run.of(generator, vocab, Run.PROMPT, STEP_TOKENS, Run.PROMPT + STEP_TOKENS);
                    return Arrays.stream(run.stepNanos()).skip(1).average().orElseThrow() * 1e-6;
                },
                (file, vocab) -> OperatorProfile.ofSteps(file, STEP_WARM_UP, vocab));
    }

    /** @param plain milliseconds until the first token without the profiler */
    void reportPrefill(int length, double plain) throws IOException, OrtException {
        int prompts = PROMPT_WARM_UP + options.rounds;
        profile(
                "prefill of " + length,
                plain,
                (generator, vocab) -> {
                    double nanos = 0;
                    for (int i = 0; i < prompts; i++) {
                        long taken = Run.of(generator, vocab, length, 1, length).prefillNanos();
                        nanos += i < PROMPT_WARM_UP ? 0 : taken;
                    }
                    return nanos / options.rounds * 1e-6;
                },
                (file, vocab) -> OperatorProfile.ofPrompts(file, prompts, PROMPT_WARM_UP, vocab));
    }

    private void profile(String what, double plain, Work work, Reading reading) throws IOException, OrtException {
        Path folder = Files.createTempDirectory("bitnet-bench");
        Path file = null;
        try (BitNetModel model = BitNetModel.open(
                        options.folder, options.modelOptions().withProfile(folder.resolve("profile")));
                Generator generator = model.generator()) {
            double profiled = work.run(generator, model.vocabSize());
            file = model.endProfiling();
            report(what, reading.of(file, model.vocabSize()), profiled, plain);
        } finally {
            if (file != null) {
                Files.deleteIfExists(file);
            }
            Files.delete(folder);
        }
    }

    private void report(String what, OperatorProfile profile, double profiled, double plain) {
        double nodes = 0;
        for (OperatorProfile.Operator operator : profile.operators()) {
            row(what, operator.name(), operator.nodes(), operator.millis(), profiled);
            nodes += operator.millis();
        }
        row(what, "between nodes", 0, profile.runMillis() - nodes, profiled);
        row(what, "outside ONNX Runtime", 0, profiled - profile.runMillis(), profiled);
        row(what, "all of it, profiled", 0, profiled, profiled);
        row(what, "all of it without the profiler", 0, plain, profiled);
        double inside = profile.millis(OperatorProfile.TERNARY) + profile.millis(OperatorProfile.HEAD);
        double added = profile.leastNodeMillis()
                * (profile.nodes(OperatorProfile.TERNARY) + profile.nodes(OperatorProfile.HEAD));
        figures.row("outside CustomBitMatMul and head")
                .put("of", what)
                .put("share", thousandths(1 - inside / profiled))
                .put("share_without_what_the_profiler_adds", thousandths(1 - (inside - added) / plain));
    }

    private void row(String what, String name, double nodes, double millis, double whole) {
        figures.row(what)
                .put("operator", name)
                .put("nodes", Math.round(nodes * 10) / 10.0)
                .put("ms", thousandths(millis))
                .put("share", thousandths(millis / whole));
    }

    private static double thousandths(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
