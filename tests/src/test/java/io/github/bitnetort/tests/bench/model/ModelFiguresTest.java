package io.github.bitnetort.tests.bench.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.Generator;
import io.github.bitnetort.generate.ModelOptions;
import io.github.bitnetort.runtime.WeightMemory;
import io.github.bitnetort.tests.bench.Environment;
import io.github.bitnetort.tests.bench.Figures;
import io.github.bitnetort.tests.endtoend.Fixture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** That the figures of {@code bench model} are what they are called; not how large they are. */
class ModelFiguresTest {
    private static final int VOCAB = 2048;

    @TempDir
    Path folder;

    @Test
    void aRealProfileHasEveryNodeOfAStep() throws Exception {
        ModelOptions options = ModelOptions.defaults().withThreads(1).withProfile(folder.resolve("p"));
        try (BitNetModel model = BitNetModel.open(new Fixture("kjv-bitnet").exported(), options);
                Generator generator = model.generator()) {
            Run run = Run.of(generator, model.vocabSize(), 16, 6, 64);
            assertEquals(5, run.stepNanos().length);
            Path file = model.endProfiling();
            OperatorProfile profile = OperatorProfile.ofSteps(file, 2, VOCAB);
            assertEquals(24, profile.nodes(OperatorProfile.TERNARY), "CustomBitMatMul nodes of a step");
            assertTrue(profile.millis(OperatorProfile.HEAD) > 0);
            assertEquals(1, profile.nodes(OperatorProfile.HEAD));
            assertTrue(profile.leastNodeMillis() <= profile.millis(OperatorProfile.HEAD));
            double all = profile.operators().stream()
                    .mapToDouble(OperatorProfile.Operator::millis)
                    .sum();
            assertTrue(all <= profile.runMillis(), all + " of " + profile.runMillis());
            var tooFew = assertThrows(IOException.class, () -> OperatorProfile.ofSteps(file, 6, VOCAB));
            assertTrue(tooFew.getMessage().endsWith("found 6 runs, wanted more than 6"), tooFew::getMessage);
        }
    }

    /** A prompt of 300 tokens is read in chunks of 128: three runs. */
    @Test
    void aRealProfileHasEveryChunkOfAPrompt() throws Exception {
        ModelOptions options = ModelOptions.defaults().withThreads(1).withProfile(folder.resolve("p"));
        try (BitNetModel model = BitNetModel.open(new Fixture("kjv-bitnet").exported(), options);
                Generator generator = model.generator()) {
            for (int i = 0; i < 2; i++) {
                Run.of(generator, model.vocabSize(), 300, 1, 300);
            }
            Path file = model.endProfiling();
            OperatorProfile both = OperatorProfile.ofPrompts(file, 2, 0, VOCAB);
            OperatorProfile last = OperatorProfile.ofPrompts(file, 2, 1, VOCAB);
            assertEquals(3 * 24, both.nodes(OperatorProfile.TERNARY), "CustomBitMatMul nodes of a prompt");
            assertEquals(3 * 24, last.nodes(OperatorProfile.TERNARY), "CustomBitMatMul nodes of a prompt");
            assertTrue(last.runMillis() < 2 * both.runMillis(), last + " of " + both);
            var notEqual = assertThrows(IOException.class, () -> OperatorProfile.ofPrompts(file, 4, 0, VOCAB));
            assertTrue(
                    notEqual.getMessage().endsWith("found 6 runs, wanted as many for each of 4 prompts"),
                    notEqual::getMessage);
        }
    }

    @Test
    void sharesOfStepAndPromptAreThoseOfTheWhole() throws Exception {
        ModelBenchOptions options = new ModelBenchOptions();
        options.folder = new Fixture("kjv-bitnet").exported();
        options.weights = WeightMemory.MAPPED;
        options.rounds = 2;
        Figures figures = new Figures(Environment.read());
        ProfileFigures profile = new ProfileFigures(figures, options);
        profile.reportStep(7);
        profile.reportPrefill(140, 9);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        figures.print(true, new PrintStream(out, true, StandardCharsets.UTF_8));
        JsonNode json = new JsonMapper().readTree(out.toString(StandardCharsets.UTF_8));
        for (String section : List.of("decode step", "prefill of 140")) {
            List<JsonNode> rows = json.get(section).valueStream().toList();
            int whole = rows.size() - 2;
            assertEquals("all of it, profiled", rows.get(whole).get("operator").asString());
            double share = rows.subList(0, whole).stream()
                    .mapToDouble(row -> row.get("share").asDouble())
                    .sum();
            assertEquals(1, share, 0.01, section);
            assertEquals(
                    section.equals("decode step") ? 7 : 9,
                    rows.get(whole + 1).get("ms").asDouble());
            double nodes = rows.stream()
                    .filter(row -> row.get("operator").asString().equals(OperatorProfile.TERNARY))
                    .mapToDouble(row -> row.get("nodes").asDouble())
                    .sum();
            assertEquals(section.equals("decode step") ? 24 : 48, nodes, section);
        }
        assertEquals(2, json.get("outside CustomBitMatMul and head").size());
    }

    /** 24 packed matrices of 6 layers: two bits a weight, and their scales; the tied embedding is read as the head. */
    @Test
    void bytesOfATokenAreThoseOfAllMatrices() throws IOException {
        Path model = new Fixture("kjv-bitnet").exported().resolve("model.onnx");
        long weights = 6L * (2 * 256 * 256 + 2 * 64 * 256 + 3 * 768 * 256);
        TokenBytes bytes = TokenBytes.of(model);
        assertTrue(bytes.ternary() >= weights / 4, bytes::toString);
        assertTrue(bytes.ternary() < weights / 4 * 1.05, bytes::toString);
        assertTrue(bytes.others() >= (long) VOCAB * 256, bytes::toString);
        assertTrue(bytes.total() < Files.size(model.resolveSibling("model.onnx.data")) * 1.1, bytes::toString);
    }

    @Test
    void percentilesAreStepsThatHappened() {
        Run run = new Run(
                1, LongStream.rangeClosed(1, 100).map(i -> i * 1_000_000).toArray());
        assertEquals(50, run.percentile(0.5));
        assertEquals(95, run.percentile(0.95));
        assertEquals(99, run.percentile(0.99));
        assertEquals(100, run.percentile(1));
        assertEquals(100 / 5.05, run.tokensPerSecond(), 1e-9);
        assertEquals(7, new Run(1, new long[] {7_000_000}).percentile(0.01));
    }

    @Test
    void memoryIsThatOfThisProcess() throws IOException {
        ResidentMemory before = ResidentMemory.exact();
        assertTrue(before.anonymous() > 1 << 20 && before.fileMapped() > 1 << 20, before::toString);
        try (ResidentMemory.Peak peak = new ResidentMemory.Peak()) {
            java.nio.ByteBuffer touched = java.nio.ByteBuffer.allocateDirect(64 << 20);
            assertTrue(
                    peak.get().anonymous() - before.anonymous() > (48 << 20),
                    () -> touched.capacity() + " bytes were touched");
        }
    }
}
