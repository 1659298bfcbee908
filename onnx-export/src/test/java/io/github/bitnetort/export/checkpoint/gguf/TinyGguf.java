package io.github.bitnetort.export.checkpoint.gguf;

import java.util.List;
import java.util.Random;

/**
 * A synthetic model: hidden 256, 4 query heads of 64 on 2 key heads, intermediate 512, 1 layer, vocabulary 8. Linear
 * layers are added by the tests.
 */
final class TinyGguf {
    static final int HIDDEN = 256;
    static final int INTERMEDIATE = 512;
    static final int HEAD = 64;
    static final int KV = 128;
    static final int VOCAB = 8;

    private static final Random RANDOM = new Random(5);

    private TinyGguf() {}

    /** The tensors' names, rows and columns of a layer's linear parts. */
    record Linear(String name, int n, int k) {
        String weight() {
            return "blk.0." + name + ".weight";
        }
    }

    static final List<Linear> LINEARS = List.of(
            new Linear("attn_q", HIDDEN, HIDDEN),
            new Linear("attn_k", KV, HIDDEN),
            new Linear("attn_v", KV, HIDDEN),
            new Linear("attn_output", HIDDEN, HIDDEN),
            new Linear("ffn_gate", INTERMEDIATE, HIDDEN),
            new Linear("ffn_up", INTERMEDIATE, HIDDEN),
            new Linear("ffn_down", HIDDEN, INTERMEDIATE));

    /** What a layer's weights are made of. */
    interface Weights {
        void add(TestGguf file, Linear linear);
    }

    static TestGguf model(String architecture, Weights weights) {
        TestGguf file = new TestGguf()
                .text("general.architecture", architecture)
                .integer(architecture + ".context_length", 128)
                .integer(architecture + ".embedding_length", HIDDEN)
                .integer(architecture + ".feed_forward_length", INTERMEDIATE)
                .integer(architecture + ".block_count", 1)
                .integer(architecture + ".attention.head_count", HIDDEN / HEAD)
                .integer(architecture + ".attention.head_count_kv", KV / HEAD)
                .number(architecture + ".attention.layer_norm_rms_epsilon", 1e-5f)
                .number(architecture + ".rope.freq_base", 10000);
        file.floats("token_embd.weight", new long[] {VOCAB, HIDDEN}, gaussian(VOCAB * HIDDEN));
        file.floats("output_norm.weight", new long[] {HIDDEN}, gaussian(HIDDEN));
        file.floats("blk.0.attn_norm.weight", new long[] {HIDDEN}, gaussian(HIDDEN));
        file.floats("blk.0.ffn_norm.weight", new long[] {HIDDEN}, gaussian(HIDDEN));
        if (architecture.startsWith("bitnet")) {
            file.floats("blk.0.attn_sub_norm.weight", new long[] {HIDDEN}, gaussian(HIDDEN));
            file.floats("blk.0.ffn_sub_norm.weight", new long[] {INTERMEDIATE}, gaussian(INTERMEDIATE));
        }
        if (architecture.equals("qwen3")) {
            file.integer("qwen3.attention.key_length", HEAD).integer("qwen3.attention.value_length", HEAD);
            file.floats("blk.0.attn_q_norm.weight", new long[] {HEAD}, gaussian(HEAD));
            file.floats("blk.0.attn_k_norm.weight", new long[] {HEAD}, gaussian(HEAD));
        }
        LINEARS.forEach(linear -> weights.add(file, linear));
        return file;
    }

    /** Random ternary weights, TQ2_0 with one scale. */
    static void tq2(TestGguf file, Linear linear) {
        byte[][] weights =
                TestBlocks.weights(linear.n(), linear.k(), false, linear.name().hashCode());
        byte[] bytes = TestBlocks.tq2(weights, TestBlocks.same(linear.n(), linear.k() / 256, 0.5f));
        file.tensor(linear.weight(), 35, new long[] {linear.n(), linear.k()}, bytes);
    }

    static float[] gaussian(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) RANDOM.nextGaussian();
        }
        return values;
    }
}
