package io.github.bitnetort.export.checkpoint.gguf;

import static io.github.bitnetort.export.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.ExportOptions;
import io.github.bitnetort.export.ExportedBitMatMul;
import io.github.bitnetort.export.ModelExporter;
import io.github.bitnetort.export.ModelInspector;
import io.github.bitnetort.export.ProgressListener;
import io.github.bitnetort.export.TensorUnits;
import io.github.bitnetort.export.checkpoint.Architecture;
import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.FloatTensors;
import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.checkpoint.RopeConfig;
import io.github.bitnetort.ops.Packing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole synthetic models: what they become, and what is refused. */
class GgufModelTest {
    @TempDir
    private Path folder;

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
    void queriesAndKeysOfLlamaAreTurnedBack() throws IOException {
        byte[][] stored = TestBlocks.weights(TinyGguf.HIDDEN, TinyGguf.HIDDEN, false, "attn_q".hashCode());
        ExportedBitMatMul qkv = export(TinyGguf.model("llama", TinyGguf::tq2), Packing.TERNARY16)
                .get(0);
        assertArrayEquals(stored[0], row(qkv, 0));
        assertArrayEquals(stored[2], row(qkv, 1));
        assertArrayEquals(stored[1], row(qkv, 32));
        assertArrayEquals(stored[64 + 3], row(qkv, 64 + 33));
        for (String name : List.of("bitnet", "qwen3")) {
            ExportedBitMatMul neox = export(TinyGguf.model(name, TinyGguf::tq2), Packing.TERNARY16)
                    .get(0);
            assertArrayEquals(stored[1], row(neox, 1));
        }
    }

    @Test
    void biasesOfQueriesAndKeysAreTurnedBackWithTheirRows() throws IOException {
        float[] values = new float[TinyGguf.KV];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        TestGguf file = TinyGguf.model("llama", TinyGguf::tq2)
                .floats("blk.0.attn_k.bias", new long[] {TinyGguf.KV}, values)
                .floats("blk.0.attn_v.bias", new long[] {TinyGguf.KV}, values);
        try (GgufModel model = open(file);
                Checkpoint checkpoint = model.checkpoint()) {
            float[] keys = FloatTensors.read(checkpoint, "model.layers.0.self_attn.k_proj.bias", TinyGguf.KV);
            assertEquals(2, keys[1]);
            assertEquals(1, keys[32]);
            assertEquals(64 + 3, keys[64 + 33]);
            assertArrayEquals(
                    values, FloatTensors.read(checkpoint, "model.layers.0.self_attn.v_proj.bias", TinyGguf.KV));
        }
    }

    @Test
    void binaryModelBecomesBinary32InBlocks() throws IOException {
        TestGguf file = TinyGguf.model("llama", (gguf, linear) -> {
            byte[][] weights = TestBlocks.weights(linear.n(), linear.k(), true, 1);
            float[][] scales = TestBlocks.same(linear.n(), linear.k() / 128, 0.5f);
            scales[5][1] = 2;
            gguf.tensor(linear.weight(), 41, new long[] {linear.n(), linear.k()}, TestBlocks.q1(weights, scales));
        });
        List<ExportedBitMatMul> nodes = export(file, Packing.TERNARY20);
        assertEquals(4, nodes.size());
        for (ExportedBitMatMul node : nodes) {
            assertEquals(Packing.BINARY32, node.spec().packing());
            assertEquals(128, node.spec().blockSize());
        }
        ExportedBitMatMul down = nodes.get(3);
        assertEquals("model.layers.0.mlp.down_proj", down.node());
        byte[][] weights = TestBlocks.weights(TinyGguf.HIDDEN, TinyGguf.INTERMEDIATE, true, 1);
        assertArrayEquals(weights[200], row(down, 200));
        assertEquals(2, down.scale()[16 + 5]);
        assertEquals(0.5f, down.scale()[5]);
    }

    @Test
    void mixedTypesTakeTheSmallestBlock() throws IOException {
        TestGguf file = TinyGguf.model("llama", TinyGguf::tq2);
        TinyGguf.Linear v = TinyGguf.LINEARS.get(2);
        float[][] scales = TestBlocks.same(v.n(), v.k() / 64, 1);
        scales[0][0] = 3;
        byte[] q2 = TestBlocks.q2(TestBlocks.weights(v.n(), v.k(), false, 2), 64, scales);
        file.tensor(v.weight(), 42, new long[] {v.n(), v.k()}, q2);
        ExportedBitMatMul qkv = export(file, Packing.TERNARY20).get(0);
        assertEquals(64, qkv.spec().blockSize());
        assertEquals(Packing.TERNARY16, qkv.spec().packing());
        int firstOfV = TinyGguf.HIDDEN + TinyGguf.KV;
        assertEquals(3, qkv.scale()[firstOfV / 16 * 4 * 16]);
        assertEquals(0.5f, qkv.scale()[0]);
    }

    @Test
    void floatsThatAreTernaryAreTakenAsTheyAre() throws IOException {
        byte[][] weights = TestBlocks.weights(TinyGguf.HIDDEN, TinyGguf.HIDDEN, false, "attn_output".hashCode());
        float[] values = new float[TinyGguf.HIDDEN * TinyGguf.HIDDEN];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.3f * weights[i / TinyGguf.HIDDEN][i % TinyGguf.HIDDEN];
        }
        TestGguf file = TinyGguf.model("llama", TinyGguf::tq2);
        file.floats("blk.0.attn_output.weight", new long[] {TinyGguf.HIDDEN, TinyGguf.HIDDEN}, values);
        ExportedBitMatMul output = export(file, Packing.TERNARY16).get(1);
        assertArrayEquals(new float[] {0.3f}, output.scale());
        assertArrayEquals(weights[77], row(output, 77));
    }

    @Test
    void otherFloatsAreQuantizedInBitnetAndKeptInLlama() throws IOException {
        float[] values = TinyGguf.gaussian(TinyGguf.HIDDEN * TinyGguf.HIDDEN);
        double sum = 0;
        for (float value : values) {
            sum += Math.abs(value);
        }
        long[] shape = {TinyGguf.HIDDEN, TinyGguf.HIDDEN};
        TestGguf bitnet = TinyGguf.model("bitnet-25", TinyGguf::tq2).floats("blk.0.attn_output.weight", shape, values);
        ExportedBitMatMul output = export(bitnet, Packing.TERNARY16).get(1);
        assertEquals(sum / values.length, output.scale()[0], 1e-6);
        assertEquals(Math.rint(values[3] / output.scale()[0]) > 0, row(output, 0)[3] > 0);
        TestGguf llama = TinyGguf.model("llama", TinyGguf::tq2).floats("blk.0.attn_output.weight", shape, values);
        assertEquals(3, export(llama, Packing.TERNARY16).size());
    }

    @Test
    void scalesBesideTheWeightsMultiply() throws IOException {
        TestGguf file = TinyGguf.model("bitnet", TinyGguf::tq2).floats("blk.0.attn_output.scale", new long[] {1}, 3);
        assertArrayEquals(
                new float[] {1.5f}, export(file, Packing.TERNARY16).get(1).scale());
    }

    @Test
    void quantizedHeadsTiedOrNot() throws IOException {
        byte[][] weights = TestBlocks.weights(TinyGguf.VOCAB, TinyGguf.HIDDEN, false, 3);
        byte[] head = TestBlocks.tq2(weights, TestBlocks.same(TinyGguf.VOCAB, 1, 0.25f));
        for (String name : List.of("output.weight", "token_embd.weight")) {
            TestGguf file = TinyGguf.model("llama", TinyGguf::tq2)
                    .tensor(name, 35, new long[] {TinyGguf.VOCAB, TinyGguf.HIDDEN}, head);
            List<ExportedBitMatMul> nodes = export(file, Packing.TERNARY16);
            assertEquals("lm_head", nodes.get(4).node());
            assertArrayEquals(weights[5], row(nodes.get(4), 5));
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

    @Test
    void whatIsRefused() {
        refused(TinyGguf.model("mamba", TinyGguf::tq2), "general.architecture", "mamba", "bitnet-b1.58");
        refused(llama().integer("llama.expert_count", 8), "llama.expert_count", "8");
        refused(llama().text("llama.rope.scaling.type", "longrope"), "llama.rope.scaling.type", "longrope");
        refused(llama().number("llama.rope.scaling.factor", -2), "llama.rope.scaling.factor", "-2");
        refused(llama().integer("llama.vocab_size", 9), "llama.vocab_size", "found 9", "wanted 8");
        refused(llama().integer("llama.rope.dimension_count", 32), "rope.dimension_count", "32", "64");
        refused(llama().integer("llama.attention.head_count_kv", 3), "head_count_kv", "3");
        refused(llama().remove("llama.block_count"), "llama.block_count", "found none");
        refused(
                llama().floats("blk.0.attn_q_norm.weight", new long[] {64}, new float[64]),
                "tensor blk.0.attn_q_norm.weight",
                "no such tensor in a model of architecture llama");
        refused(
                llama().floats("blk.0.ffn_sub_norm.weight", new long[] {512}, new float[512]),
                "tensor blk.0.ffn_sub_norm.weight",
                "architecture llama");
        refused(llama().without("token_embd.weight"), "token_embd.weight", "found none");
        refused(llama().floats("blk.0.ssm_a", new long[] {1}, 1), "tensor blk.0.ssm_a", "no such tensor");
        refused(
                TinyGguf.model(
                        "llama",
                        (file, linear) -> file.floats(
                                linear.weight(),
                                new long[] {linear.n(), linear.k()},
                                TinyGguf.gaussian(linear.n() * linear.k()))),
                "no ternary or binary weights");
    }

    @ParameterizedTest
    @ValueSource(strings = {"blk.0.attn_k.weight", "blk.0.ffn_norm.weight", "output_norm.weight"})
    void missingTensors(String name) {
        TestGguf file = llama().without(name);
        assertRefused(() -> export(file, Packing.TERNARY16), "model.gguf", "found none");
    }

    @Test
    void normsOfHeadsAreRequired() {
        TestGguf file = TinyGguf.model("qwen3", TinyGguf::tq2).without("blk.0.attn_k_norm.weight");
        assertRefused(() -> export(file, Packing.TERNARY16), "model.gguf", "self_attn.k_norm.weight", "found none");
    }

    private static TestGguf llama() {
        return TinyGguf.model("llama", TinyGguf::tq2);
    }

    private void refused(TestGguf file, String... parts) {
        assertRefused(() -> open(file).close(), parts);
    }

    private GgufModel open(TestGguf file) throws IOException {
        return GgufModel.open(file.write(folder.resolve("model.gguf")), GgufOptions.DEFAULT);
    }

    private List<ExportedBitMatMul> export(TestGguf file, Packing packing) throws IOException {
        Path out = folder.resolve("out");
        ExportOptions options = ExportOptions.DEFAULT.withPacking(packing).withOverwrite(true);
        Path model = file.write(folder.resolve("model.gguf"));
        ModelExporter.export(model, out, options, ProgressListener.NONE);
        TensorUnits.assertSame(model, options);
        return ModelInspector.bitMatMuls(out);
    }

    private static byte[] row(ExportedBitMatMul node, int n) {
        byte[] row = new byte[node.spec().k()];
        node.weights().unpackRow(n, row, 0);
        return row;
    }
}
