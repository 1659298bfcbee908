package io.github.bitnetort.export.checkpoint.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnetort.export.ExportedBitMatMul;
import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.FloatTensors;
import io.github.bitnetort.ops.Packing;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the weights of whole synthetic models become. */
class GgufModelTest extends AbstractGgufModelTest {
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
}
