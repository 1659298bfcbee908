package io.github.bitnetort.tests.endtoend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.AttentionOperator;
import io.github.bitnetort.export.Operators;
import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.ModelOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fixture, exported and run: its logits against Hugging Face's, single prompts and batches padded on the left. */
class HuggingFaceLogitsTest {
    /**
     * The share of logits that must be tight with the fused graph. One fixture wants it so low, rand-llama-bitlinear-falcon3: with
     * ONNX Runtime 1.29 one of the 4224 int8 activations that layer 0 reads rounds the other way (the input differs by 1.7e-7 of
     * its range), and all behind it differs; {@code bitnet probe} shows it.
     */
    private static final double TENTH = 0.1;

    static List<Fixture> fixtures() {
        return Fixture.all();
    }

    static List<Arguments> fusedGraphs() {
        return Fixture.all().stream()
                .flatMap(fixture ->
                        Stream.of(AttentionOperator.values()).map(attention -> Arguments.of(fixture, attention)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("fusedGraphs")
    void plugInGivesHuggingFacesLogits(Fixture fixture, AttentionOperator attention) throws Exception {
        compare(fixture, fixture.exportedExactly(attention), ModelOptions.Engine.PLUG_IN, TENTH);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void standardOperatorsGiveHuggingFacesLogits(Fixture fixture) throws Exception {
        Path model = fixture.exported("-standard-f32", Fixture.EXACT.withOperators(Operators.STANDARD));
        compare(fixture, model, ModelOptions.Engine.PLUG_IN, 0.5);
    }

    @ParameterizedTest
    @MethodSource("fusedGraphs")
    void portableBodyGivesHuggingFacesLogits(Fixture fixture, AttentionOperator attention) throws Exception {
        compare(fixture, fixture.exportedExactly(attention), ModelOptions.Engine.PORTABLE, TENTH);
    }

    private static void compare(Fixture fixture, Path folder, ModelOptions.Engine engine, double tightShare)
            throws Exception {
        try (References references = fixture.references();
                BitNetModel model =
                        BitNetModel.open(folder, ModelOptions.defaults().withEngine(engine))) {
            List<String> cases = references.between("", ".logits.f32");
            assertTrue(cases.size() >= 3, fixture + ": found references " + cases + ", wanted at least 3");
            LogitComparison comparison = new LogitComparison();
            for (String name : cases) {
                long[][] ids = references.rows(name + ".input_ids");
                String maskName = name + ".attention_mask";
                long[][] mask = references.contains(maskName) ? references.rows(maskName) : ones(ids);
                comparison.add(model.logits(ids, mask), references.floats(name + ".logits.f32"), mask);
            }
            String result = folder.getFileName() + ", " + engine + ": " + comparison;
            System.out.println(result);
            assertTrue(comparison.isFaithful(tightShare), result);
        }
    }

    private static long[][] ones(long[][] ids) {
        long[][] mask = new long[ids.length][ids[0].length];
        for (long[] row : mask) {
            Arrays.fill(row, 1);
        }
        return mask;
    }
}
