package io.github.bitnetort.export.checkpoint.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.checkpoint.Architecture;
import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.checkpoint.RopeConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the metadata of whole synthetic models become. */
class GgufConfigTest extends AbstractGgufModelTest {
    @ParameterizedTest
    @CsvSource({
        "bitnet,BITNET,silu",
        "bitnet-25,BITNET,relu2",
        "bitnet-b1.58,BITNET,relu2",
        "llama,LLAMA,silu",
        "qwen3,QWEN3,silu"
    })
    void configurationOfEachArchitecture(String name, Architecture architecture, String activation) throws IOException {
        try (GgufModel model = open(TinyGguf.model(name, TinyGguf::tq2))) {
            ModelConfig config = model.config();
            assertEquals(architecture, config.architecture());
            assertEquals(activation, config.activation());
            assertEquals(TinyGguf.VOCAB, config.vocab());
            assertEquals(TinyGguf.HEAD, config.headDim());
            assertEquals(2, config.kvHeads());
            assertEquals(1e-5f, config.rmsNormEps());
            assertEquals(128, config.maxPositions());
            assertTrue(config.tiedEmbeddings());
            assertEquals(0, config.quantization().blockSize());
            assertFalse(config.quantization().binary());
        }
    }

    @Test
    void theFileMayNameItsActivation() throws IOException {
        try (GgufModel model =
                open(TinyGguf.model("bitnet", TinyGguf::tq2).text("bitnet.hidden_activation", "relu2"))) {
            assertEquals("relu2", model.config().activation());
        }
    }

    @Test
    void scalingOfPositions() throws IOException {
        TestGguf linear = TinyGguf.model("llama", TinyGguf::tq2)
                .text("llama.rope.scaling.type", "linear")
                .number("llama.rope.scaling.factor", 4);
        try (GgufModel model = open(linear)) {
            assertEquals(RopeConfig.Type.LINEAR, model.config().rope().type());
            assertEquals(0.25f, model.config().rope().inverseFrequencies(64)[0]);
        }
        float[] factors = new float[32];
        Arrays.fill(factors, 8);
        factors[0] = 1;
        TestGguf listed = TinyGguf.model("llama", TinyGguf::tq2).floats("rope_freqs.weight", new long[] {32}, factors);
        try (GgufModel model = open(listed)) {
            assertEquals(1, model.config().rope().inverseFrequencies(64)[0]);
            assertEquals(
                    0.125f * (float) (1 / Math.pow(10000, 2 / 64.0)),
                    model.config().rope().inverseFrequencies(64)[1],
                    1e-7f);
        }
    }

    @Test
    void yarn() throws IOException {
        TestGguf file = TinyGguf.model("qwen3", TinyGguf::tq2)
                .text("qwen3.rope.scaling.type", "yarn")
                .number("qwen3.rope.scaling.factor", 4)
                .integer("qwen3.rope.scaling.original_context_length", 32);
        double attention = 0.1 * Math.log(4) + 1;
        RopeConfig wanted = RopeConfig.withYarn(10000, 4, 32, new RopeConfig.Yarn(32, 1, true, attention));
        try (GgufModel model = open(file)) {
            assertEquals(wanted, model.config().rope());
            TestGguf.write(
                    folder.resolve("config.json"), quantized(model.companions().get("config.json")));
            assertEquals(wanted, ModelConfig.read(folder).rope());
        }
        file.number("qwen3.rope.scaling.yarn_beta_fast", 16).number("qwen3.rope.scaling.yarn_beta_slow", 2);
        try (GgufModel model = open(file)) {
            assertEquals(
                    new RopeConfig.Yarn(16, 2, true, attention),
                    model.config().rope().yarn());
        }
        refused(
                file.number("qwen3.rope.scaling.attn_factor", 2),
                "rope.scaling.attn_factor",
                "found 2.0",
                "wanted 1.0");
    }

    /** A configuration with what ModelConfig wants to know of the layers. */
    private static byte[] quantized(byte[] config) {
        String text = new String(config, StandardCharsets.UTF_8);
        return text.replaceFirst("\\{", "{\"quantization_config\":{\"quant_method\":\"bitnet\"},")
                .getBytes(StandardCharsets.UTF_8);
    }
}
