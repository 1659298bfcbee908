package io.github.bitnetort.export.checkpoint;

import static io.github.bitnetort.export.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnetort.export.TestTensors;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantizationConfigTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                                                                                 | BITLINEAR
                    ,"linear_class":"bitlinear"                                  | BITLINEAR
                    ,"linear_class":"bitlinear","quantization_mode":"online"     | BITLINEAR
                    ,"linear_class":"autobitlinear"                              | AUTO_OFFLINE
                    ,"linear_class":"autobitlinear","quantization_mode":"online" | AUTO_ONLINE
                    """)
    void knowsTheScheme(String fields, QuantizationConfig.Scheme scheme) throws IOException {
        assertEquals(scheme, read(fields == null ? "" : fields).scheme());
    }

    @ParameterizedTest
    @CsvSource({
        "lm_head, lm_head, false",
        "lm_head, model.layers.0.mlp.up_proj, true",
        "model, lm_head, true",
        "model, model.layers.0.mlp.up_proj, false",
        "up_proj, model.layers.0.mlp.up_proj, false",
        "proj, model.layers.0.mlp.up_proj, false",
        "mlp, model.layers.0.mlp.up_proj, true",
        "mlp.up_proj, model.layers.0.mlp.up_proj, false",
        "model.layers.1, model.layers.1.mlp.up_proj, false",
        // A pattern need not end at a dot, and a dot matches anything: transformers' rule, not a wish.
        "model.layers.1, model.layers.10.mlp.up_proj, false",
        "model.layers.1\\., model.layers.10.mlp.up_proj, true",
        "model.layers.*.self_attn, model.layers.3.self_attn.q_proj, false",
        ".*down_proj, model.layers.3.mlp.down_proj, false",
    })
    void sparesModulesByTransformersRule(String pattern, String module, boolean converts) throws IOException {
        String json = ",\"modules_to_not_convert\":[\"nothing\",\"" + pattern.replace("\\", "\\\\") + "\"]";
        assertEquals(converts, read(json).converts(module));
    }

    @Test
    void sparesTheHeadWhereNothingIsListed() throws IOException {
        for (String json : new String[] {"", ",\"modules_to_not_convert\":null"}) {
            assertEquals(false, read(json).converts("lm_head"));
            assertEquals(true, read(json).converts("model.layers.0.mlp.up_proj"));
        }
        assertEquals(true, read(",\"modules_to_not_convert\":[]").converts("lm_head"));
    }

    @Test
    void readsTheNormsOfLayers() throws IOException {
        assertEquals(1e-6f, read(",\"use_rms_norm\":true").rmsNormEps());
        assertEquals(0.5f, read(",\"use_rms_norm\":true,\"rms_norm_eps\":0.5").rmsNormEps());
        assertEquals(false, read("").useRmsNorm());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    "linear_class":"superlinear"       | linear_class: found superlinear
                    "linear_class":1                   | linear_class
                    "quantization_mode":"sometimes"    | quantization_mode: found sometimes
                    "modules_to_not_convert":"lm_head" | modules_to_not_convert
                    "modules_to_not_convert":[1]       | modules_to_not_convert
                    "modules_to_not_convert":["["]     | modules_to_not_convert: found [
                    "use_rms_norm":1                   | use_rms_norm
                    """)
    void refusesWhatItDoesNotKnow(String field, String part) {
        assertRefused(() -> read("," + field), "config.json", "quantization_config." + part, "wanted");
    }

    private QuantizationConfig read(String fields) throws IOException {
        String json = "{\"model_type\":\"llama\",\"quantization_config\":{\"quant_method\":\"bitnet\"" + fields + "}}";
        TestTensors.writeText(folder.resolve("config.json"), json);
        return ModelConfig.read(folder).quantization();
    }
}
