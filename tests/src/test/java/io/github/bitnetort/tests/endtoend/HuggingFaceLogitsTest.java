package io.github.bitnetort.tests.endtoend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.ModelOptions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fixture, exported and run: its logits against Hugging Face's, single prompts and batches padded on the left. */
class HuggingFaceLogitsTest {
    static List<Fixture> fixtures() {
        return Fixture.all();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void plugInGivesHuggingFacesLogits(Fixture fixture) throws Exception {
        compare(fixture, ModelOptions.Engine.PLUG_IN);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void portableBodyGivesHuggingFacesLogits(Fixture fixture) throws Exception {
        compare(fixture, ModelOptions.Engine.PORTABLE);
    }

    private static void compare(Fixture fixture, ModelOptions.Engine engine) throws Exception {
        try (References references = fixture.references();
                BitNetModel model = BitNetModel.open(
                        fixture.exported(), ModelOptions.defaults().withEngine(engine))) {
            List<String> cases = references.between("", ".logits.f32");
            assertTrue(cases.size() >= 3, fixture + ": found references " + cases + ", wanted at least 3");
            LogitComparison comparison = new LogitComparison();
            for (String name : cases) {
                long[][] ids = references.rows(name + ".input_ids");
                String maskName = name + ".attention_mask";
                long[][] mask = references.contains(maskName) ? references.rows(maskName) : ones(ids);
                comparison.add(model.logits(ids, mask), references.floats(name + ".logits.f32"), mask);
            }
            String result = fixture + ", " + engine + ": " + comparison;
            System.out.println(result);
            assertTrue(comparison.isFaithful(), result);
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
