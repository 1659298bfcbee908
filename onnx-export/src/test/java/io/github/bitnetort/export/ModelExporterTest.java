package io.github.bitnetort.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.export.onnx.GraphProto;
import io.github.bitnetort.export.onnx.ModelProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.OperatorSetIdProto;
import io.github.bitnetort.export.onnx.StringStringEntryProto;
import io.github.bitnetort.export.onnx.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelExporterTest {
    @TempDir
    private Path folder;

    @Test
    void hasTheInputsAndOutputsThatGeneratorsExpect() throws IOException {
        GraphProto graph = export(TinyModel.llama().wideHeads()).getGraph();
        assertEquals(
                List.of(
                        "input_ids[batch, seq]",
                        "attention_mask[batch, total]",
                        "past_key_values.0.key[batch, 1, past, 16]",
                        "past_key_values.0.value[batch, 1, past, 16]",
                        "past_key_values.1.key[batch, 1, past, 16]",
                        "past_key_values.1.value[batch, 1, past, 16]"),
                graph.getInputList().stream().map(ModelExporterTest::describe).toList());
        assertEquals(
                List.of(
                        "logits[batch, kept, 16]",
                        "present.0.key[batch, 1, present, 16]",
                        "present.0.value[batch, 1, present, 16]",
                        "present.1.key[batch, 1, present, 16]",
                        "present.1.value[batch, 1, present, 16]"),
                graph.getOutputList().stream().map(ModelExporterTest::describe).toList());
    }

    @Test
    void fusesWhatOnnxRuntimeHasAnOperatorFor() throws IOException {
        ModelProto model = export(TinyModel.llama().wideHeads());
        assertEquals(
                List.of(
                        "SimplifiedLayerNormalization model.layers.0.input_layernorm",
                        "CustomBitMatMul model.layers.0.self_attn.qkv_proj",
                        "CustomGroupQueryAttention model.layers.0.self_attn",
                        "CustomBitMatMul model.layers.0.self_attn.o_proj",
                        "SkipSimplifiedLayerNormalization model.layers.0.post_attention_layernorm",
                        "CustomBitMatMul model.layers.0.mlp.gate_up_proj",
                        "Split model.layers.0.mlp.gate_up_proj/Split",
                        "QuickGelu model.layers.0.mlp/activated",
                        "Mul model.layers.0.mlp/product",
                        "CustomBitMatMul model.layers.0.mlp.down_proj",
                        "SkipSimplifiedLayerNormalization model.layers.1.input_layernorm"),
                model.getGraph().getNodeList().stream()
                        .map(node -> node.getOpType() + " " + node.getName())
                        .dropWhile(node -> !node.endsWith("model.layers.0.input_layernorm"))
                        .limit(11)
                        .toList());
        assertEquals(
                Map.of("", 18L, "ai.bitnet", 1L, "com.microsoft", 1L),
                model.getOpsetImportList().stream()
                        .collect(Collectors.toMap(OperatorSetIdProto::getDomain, OperatorSetIdProto::getVersion)));
    }

    @Test
    void squaredGatesAreOneNodeWithItsMeaning() throws IOException {
        ModelProto model = export(TinyModel.bitnet());
        assertEquals(
                List.of("model.layers.0.mlp/product", "model.layers.1.mlp/product"),
                nodesOfDomain(model, "ai.bitnet", "CustomGatedUnit"));
        assertEquals(
                List.of("CustomBitMatMul", "CustomMatMulNBits", "CustomGatedUnit"),
                model.getFunctionsList().stream().map(FunctionProto::getName).toList());
        ModelProto standard = export(TinyModel.bitnet(), ExportOptions.DEFAULT.withOperators(Operators.STANDARD));
        assertEquals(List.of(), nodesOfDomain(standard, "ai.bitnet", "CustomGatedUnit"));
        assertEquals(
                List.of("model.layers.0.mlp/activated/relu", "model.layers.1.mlp/activated/relu"),
                nodesOfDomain(standard, "", "Relu"));
    }

    @Test
    void narrowHeadsGetAttentionOfStandardOperators() throws IOException {
        ModelProto model = export(TinyModel.bitnet());
        assertEquals("copied", metadata(model).get("bitnet.kv_cache"));
        assertEquals("shared", metadata(export(TinyModel.llama().wideHeads())).get("bitnet.kv_cache"));
        assertEquals(List.of(), nodesOfDomain(model, "ai.bitnet", "CustomGroupQueryAttention"));
        assertEquals(
                "present.0.key[batch, 1, total, 4]", describe(model.getGraph().getOutput(1)));
    }

    @Test
    void standardOperatorsAreAllOfOnnxs() throws IOException {
        ModelProto model =
                export(TinyModel.llama().wideHeads(), ExportOptions.DEFAULT.withOperators(Operators.STANDARD));
        assertEquals("standard", metadata(model).get("bitnet.operators"));
        assertEquals("copied", metadata(model).get("bitnet.kv_cache"));
        assertEquals(
                Set.of("", "ai.bitnet"),
                model.getOpsetImportList().stream()
                        .map(OperatorSetIdProto::getDomain)
                        .collect(Collectors.toSet()));
        assertEquals(List.of(), nodesOfDomain(model, "", "SimplifiedLayerNormalization"));
    }

    @Test
    void mergesLayersThatShareTheirQuantizedInput() throws IOException {
        assertEquals(
                List.of(
                        "model.layers.0.self_attn.qkv_proj",
                        "model.layers.0.self_attn.o_proj",
                        "model.layers.0.mlp.gate_up_proj",
                        "model.layers.0.mlp.down_proj"),
                bitMatMuls(export(TinyModel.bitnet())).subList(0, 4));
        TinyModel partly = TinyModel.llama()
                .quantization("modules_to_not_convert", "[\"lm_head\",\"model.layers.0.self_attn.k_proj\"]");
        partly.tensors.remove("model.layers.0.self_attn.k_proj.weight");
        partly.floats("model.layers.0.self_attn.k_proj.weight", TinyModel.KV, TinyModel.HIDDEN);
        assertEquals(
                "model.layers.0.self_attn.qv_proj", bitMatMuls(export(partly)).get(0));
    }

    @Test
    void keepsLayersApartThatNormalizeTheirOwnInput() throws IOException {
        TinyModel model = TinyModel.llama().quantization("use_rms_norm", "true");
        for (int i = 0; i < TinyModel.LAYERS; i++) {
            for (String name : List.of("q_proj", "k_proj", "v_proj", "o_proj")) {
                model.floats("model.layers." + i + ".self_attn." + name + ".rms_norm.weight", TinyModel.HIDDEN);
            }
            model.floats("model.layers." + i + ".mlp.gate_proj.rms_norm.weight", TinyModel.HIDDEN);
            model.floats("model.layers." + i + ".mlp.up_proj.rms_norm.weight", TinyModel.HIDDEN);
            model.floats("model.layers." + i + ".mlp.down_proj.rms_norm.weight", TinyModel.INTERMEDIATE);
        }
        assertEquals(14, bitMatMuls(export(model)).size());
    }

    @Test
    void storesATiedHeadOnce() throws IOException {
        GraphProto tied = export(TinyModel.bitnet()).getGraph();
        assertEquals(2, users(tied, "model.embed_tokens.weight").size());
        assertTrue(tied.getInitializerList().stream().noneMatch(t -> t.getName().startsWith("lm_head")));
        TinyModel untied = TinyModel.bitnet().config("tie_word_embeddings", "false");
        untied.floats("lm_head.weight", TinyModel.VOCAB, TinyModel.HIDDEN);
        assertEquals(List.of("Gather"), users(export(untied).getGraph(), "model.embed_tokens.weight"));
    }

    @Test
    void storesAHeadOnceThatRepeatsTheEmbedding() throws IOException {
        TinyModel repeated = TinyModel.bitnet();
        TestTensors.Tensor embedding = repeated.tensors.get("model.embed_tokens.weight");
        repeated.tensors.put("lm_head.weight", embedding.dtype(), embedding.shape(), embedding.bytes());
        assertEquals(
                2,
                users(export(repeated).getGraph(), "model.embed_tokens.weight").size());
    }

    @Test
    void takesAPackedHeadForABitLinear() throws IOException {
        TinyModel untied = TinyModel.llama().config("tie_word_embeddings", "false");
        assertTrue(bitMatMuls(export(untied.packed("lm_head", TinyModel.VOCAB, TinyModel.HIDDEN)))
                .contains("lm_head"));
    }

    @Test
    void givesEveryNodeABiasWhereOneHasIt() throws IOException {
        ModelProto plain = export(TinyModel.llama());
        assertTrue(nodes(plain).allMatch(node -> node.getInputCount() == 3));
        assertEquals(
                List.of("X", "W", "scale"), List.copyOf(plain.getFunctions(0).getInputList()));
        TinyModel partly = TinyModel.bitnet().biases().config("mlp_bias", null);
        for (int i = 0; i < TinyModel.LAYERS; i++) {
            for (String name : List.of("gate", "up", "down")) {
                partly.tensors.remove("model.layers." + i + ".mlp." + name + "_proj.bias");
            }
        }
        ModelProto biased = export(partly);
        assertTrue(nodes(biased).allMatch(node -> node.getInputCount() == 4));
        assertEquals(
                List.of("X", "W", "scale", "bias"),
                List.copyOf(biased.getFunctions(0).getInputList()));
    }

    @Test
    void writesTheBodyOnlyWhenAsked() throws IOException {
        FunctionProto body = export(TinyModel.llama()).getFunctions(0);
        assertEquals("ai.bitnet.CustomBitMatMul", body.getDomain() + "." + body.getName());
        ModelProto bare = export(TinyModel.llama(), ExportOptions.DEFAULT.withFunctionBody(false));
        assertEquals(0, bare.getFunctionsCount());
    }

    private ModelProto export(TinyModel model) throws IOException {
        return export(model, ExportOptions.DEFAULT);
    }

    private ModelProto export(TinyModel model, ExportOptions options) throws IOException {
        return model.export(folder, options);
    }

    private static Map<String, String> metadata(ModelProto model) {
        return model.getMetadataPropsList().stream()
                .collect(Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
    }

    private static List<String> nodesOfDomain(ModelProto model, String domain, String opType) {
        return model.getGraph().getNodeList().stream()
                .filter(node ->
                        node.getDomain().equals(domain) && node.getOpType().equals(opType))
                .map(NodeProto::getName)
                .toList();
    }

    private static Stream<NodeProto> nodes(ModelProto model) {
        return model.getGraph().getNodeList().stream()
                .filter(node -> node.getOpType().equals("CustomBitMatMul"));
    }

    private static List<String> bitMatMuls(ModelProto model) {
        return nodes(model).map(NodeProto::getName).toList();
    }

    private static List<String> users(GraphProto graph, String value) {
        return graph.getNodeList().stream()
                .filter(node -> node.getInputList().contains(value))
                .map(NodeProto::getOpType)
                .toList();
    }

    private static String describe(ValueInfoProto value) {
        return value.getName()
                + value.getType().getTensorType().getShape().getDimList().stream()
                        .map(dim -> dim.hasDimParam() ? dim.getDimParam() : "" + dim.getDimValue())
                        .toList();
    }
}
