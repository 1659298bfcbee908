package io.github.bitnetort.export.checkpoint.gguf;

import static io.github.bitnetort.export.Refusals.assertRefused;

import io.github.bitnetort.ops.Packing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole synthetic models that are refused. */
class GgufRefusalTest extends AbstractGgufModelTest {
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
}
