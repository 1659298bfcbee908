package io.github.bitnetort.export.checkpoint;

import static io.github.bitnetort.export.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.TestTensors;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelConfigTest {
    private static final String QUANTIZATION = "\"quantization_config\":{\"quant_method\":\"bitnet\"}";
    private static final String LLAMA = "\"architectures\":[\"LlamaForCausalLM\"]," + QUANTIZATION;
    private static final String BITNET = "\"architectures\":[\"BitNetForCausalLM\"]," + QUANTIZATION;

    @TempDir
    private Path folder;

    @Test
    void takesTheDefaultsOfBitNet() throws IOException {
        ModelConfig config = read("{" + BITNET + "}");
        assertEquals(Architecture.BITNET, config.architecture());
        assertEquals(128256, config.vocab());
        assertEquals(2560, config.hidden());
        assertEquals(6912, config.intermediate());
        assertEquals(30, config.layers());
        assertEquals(20, config.heads());
        assertEquals(5, config.kvHeads());
        assertEquals(128, config.headDim());
        assertEquals("relu2", config.activation());
        assertEquals(1e-5f, config.rmsNormEps());
        assertFalse(config.tiedEmbeddings());
        assertFalse(config.attentionBias());
        assertEquals(2048, config.maxPositions());
        assertEquals(500_000, config.rope().theta());
    }

    @Test
    void takesTheDefaultsOfLlama() throws IOException {
        ModelConfig config = read("{" + LLAMA + "}");
        assertEquals(32, config.kvHeads());
        assertEquals("silu", config.activation());
        assertEquals(1e-6f, config.rmsNormEps());
        assertEquals(10_000, config.rope().theta());
        assertEquals(4096, config.attentionWidth());
        assertEquals(RopeConfig.Type.DEFAULT, config.rope().type());
    }

    @Test
    void takesTheDefaultsOfQwen3() throws IOException {
        ModelConfig config = read("{\"model_type\":\"qwen3\",\"hidden_size\":96,\"layer_types\":[\"full_attention\"],"
                + QUANTIZATION + "}");
        assertEquals(Architecture.QWEN3, config.architecture());
        assertEquals(151936, config.vocab());
        assertEquals(22016, config.intermediate());
        assertEquals(32, config.kvHeads());
        assertEquals(128, config.headDim());
        assertEquals(4096, config.attentionWidth());
        assertEquals("silu", config.activation());
        assertEquals(1e-6f, config.rmsNormEps());
        assertEquals(32768, config.maxPositions());
    }

    @Test
    void readsFieldsAndExplicitHeadSize() throws IOException {
        ModelConfig config = read(
                "{" + LLAMA + ",\"hidden_size\":128,\"num_attention_heads\":4,"
                        + "\"num_key_value_heads\":2,\"head_dim\":48,\"attention_bias\":true,\"mlp_bias\":true,"
                        + "\"tie_word_embeddings\":true,\"hidden_act\":\"gelu\",\"rope_theta\":1000042,\"dtype\":\"bfloat16\"}");
        assertEquals(48, config.headDim());
        assertEquals(192, config.attentionWidth());
        assertEquals(96, config.kvWidth());
        assertTrue(config.attentionBias() && config.mlpBias() && config.tiedEmbeddings());
        assertEquals("gelu", config.activation());
        assertEquals(1_000_042, config.rope().theta());
    }

    @Test
    void takesNullForAbsentAndForAsManyKeyHeadsAsHeads() throws IOException {
        ModelConfig config =
                read("{" + BITNET + ",\"num_key_value_heads\":null,\"head_dim\":null,\"hidden_act\":null}");
        assertEquals(20, config.kvHeads());
        assertEquals(128, config.headDim());
        assertEquals("relu2", config.activation());
    }

    @Test
    void takesTheLastOfEqualKeys() throws IOException {
        ModelConfig config = read(
                "{\"quantization_config\":{\"quant_method\":\"x\"},\"vocab_size\":3," + LLAMA + ",\"vocab_size\":5}");
        assertEquals(5, config.vocab());
    }

    @Test
    void goesByModelTypeWhereNoClassIsNamed() throws IOException {
        assertEquals(
                Architecture.BITNET,
                read("{\"model_type\":\"bitnet\"," + QUANTIZATION + "}").architecture());
    }

    @Test
    void readsNewerAndOlderRopeSpellings() throws IOException {
        RopeConfig newer = read("{" + LLAMA + ",\"rope_parameters\":{\"rope_type\":\"default\",\"rope_theta\":7.5}}")
                .rope();
        assertEquals(new RopeConfig(RopeConfig.Type.DEFAULT, 7.5, 1, 0, 0, 0), newer);
        RopeConfig linear = read("{" + LLAMA + ",\"rope_theta\":9,\"rope_scaling\":{\"type\":\"linear\",\"factor\":4}}")
                .rope();
        assertEquals(new RopeConfig(RopeConfig.Type.LINEAR, 9, 4, 0, 0, 0), linear);
        RopeConfig llama3 = read("{" + LLAMA
                        + ",\"max_position_embeddings\":64,\"rope_scaling\":{\"rope_type\":\"llama3\","
                        + "\"factor\":8,\"low_freq_factor\":1,\"high_freq_factor\":4}}")
                .rope();
        assertEquals(new RopeConfig(RopeConfig.Type.LLAMA3, 10_000, 8, 1, 4, 64), llama3);
    }

    @Test
    void readsYarn() throws IOException {
        String yarn = ",\"rope_scaling\":{\"rope_type\":\"yarn\",\"factor\":4,";
        assertEquals(
                RopeConfig.withYarn(10_000, 4, 16, new RopeConfig.Yarn(32, 1, true, 0.1 * Math.log(4) + 1)),
                read("{" + LLAMA + yarn + "\"original_max_position_embeddings\":16}}")
                        .rope());
        assertEquals(
                RopeConfig.withYarn(10_000, 4, 64, new RopeConfig.Yarn(8, 2, false, 0.5)),
                read("{" + LLAMA + ",\"max_position_embeddings\":64" + yarn
                                + "\"beta_fast\":8,\"beta_slow\":2,\"truncate\":false,\"attention_factor\":0.5}}")
                        .rope());
        assertEquals(
                (0.1 * 2 * Math.log(4) + 1) / (0.1 * 3 * Math.log(4) + 1),
                read("{" + LLAMA + yarn + "\"mscale\":2,\"mscale_all_dim\":3}}")
                        .rope()
                        .yarn()
                        .attentionFactor());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    "architectures":["GPT2LMHeadModel"]                             | architectures
                    "architectures":5                                               | architectures
                    "hidden_size":"128"                                             | hidden_size
                    "hidden_size":0                                                 | hidden_size
                    "hidden_size":1.5                                               | hidden_size
                    "vocab_size":99999999999                                        | vocab_size
                    "hidden_size":100                                               | hidden_size
                    "num_key_value_heads":3                                         | num_attention_heads
                    "head_dim":7                                                    | head_dim
                    "rms_norm_eps":-1                                               | rms_norm_eps
                    "rms_norm_eps":NaN                                              | rms_norm_eps
                    "tie_word_embeddings":"yes"                                     | tie_word_embeddings
                    "hidden_act":4                                                  | hidden_act
                    "rope_scaling":{"rope_type":"longrope","factor":2}              | rope_type: found longrope
                    "rope_scaling":{"rope_type":"yarn"}                             | factor
                    "rope_scaling":{"rope_type":"linear"}                           | factor
                    "rope_scaling":{"rope_type":"llama3","factor":8}                | low_freq_factor
                    "rope_scaling":7                                                | rope_scaling
                    "rope_parameters":{"full_attention":{"rope_theta":1}}           | rope_parameters
                    "partial_rotary_factor":0.5                                     | partial_rotary_factor
                    "use_sliding_window":true                                       | use_sliding_window
                    "layer_types":["full_attention","sliding_attention"]            | layer_types
                    "quantization_config":null                                      | quantization_config
                    "quantization_config":{}                                        | quant_method
                    "quantization_config":{"quant_method":"gptq"}                   | quant_method: found gptq
                    """)
    void refusesWhatItCannotUse(String field, String part) {
        TestTensors.writeText(folder.resolve("config.json"), "{" + LLAMA + "," + field + "}");
        assertRefused(() -> ModelConfig.read(folder), "config.json", part, "found", "wanted");
    }

    @Test
    void refusesSubNormsOfAnotherWidthThanTheHeads() {
        TestTensors.writeText(folder.resolve("config.json"), "{" + BITNET + ",\"head_dim\":64}");
        assertRefused(() -> ModelConfig.read(folder), "head_dim", "attn_sub_norm");
    }

    @Test
    void refusesWhatIsNotJson() {
        assertRefused(() -> ModelConfig.read(folder), "config.json", "no such file");
        TestTensors.writeText(folder.resolve("config.json"), "[]");
        assertRefused(() -> ModelConfig.read(folder), "config.json", "a JSON object");
        TestTensors.writeText(folder.resolve("config.json"), "{");
        assertRefused(
                () -> ModelConfig.read(folder),
                "config.json",
                "file: found Unexpected end-of-input: expected close marker for Object at line 1, column 2, wanted a JSON"
                        + " object");
    }

    private ModelConfig read(String json) throws IOException {
        TestTensors.writeText(folder.resolve("config.json"), json);
        return ModelConfig.read(folder);
    }
}
