package io.github.bitnetort.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.ExportedBitMatMul.Part;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.export.onnx.ModelProto;
import io.github.bitnetort.export.onnx.NodeProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CustomAttentionTest {
    private static final ExportOptions CUSTOM = ExportOptions.DEFAULT.withAttention(AttentionOperator.CUSTOM);

    @TempDir
    private Path folder;

    @Test
    void attentionIsOneNodeThatReadsWhatIsMerged() throws IOException {
        ModelProto model = export(TinyModel.llama().wideHeads(), CUSTOM);
        List<NodeProto> nodes = attention(model);
        assertEquals(
                List.of(
                        "model.layers.0.self_attn.qkv_proj",
                        "past_key_values.0.key",
                        "past_key_values.0.value",
                        "attention/total",
                        "attention/padding",
                        "attention/cos",
                        "attention/sin"),
                List.copyOf(nodes.get(0).getInputList()));
        assertEquals(
                List.of("model.layers.1.self_attn", "present.1.key", "present.1.value"),
                List.copyOf(nodes.get(1).getOutputList()));
        assertEquals(
                Map.of("num_heads", "3", "kv_num_heads", "1", "head_dim", "16", "scale", "0.25"),
                nodes.get(0).getAttributeList().stream()
                        .collect(Collectors.toMap(
                                AttributeProto::getName,
                                attribute -> attribute.getType() == AttributeProto.AttributeType.FLOAT
                                        ? "" + attribute.getF()
                                        : "" + attribute.getI())));
        assertTrue(model.getGraph().getNodeList().stream()
                .noneMatch(node -> node.getOpType().equals("GroupQueryAttention")));
    }

    @Test
    void metadataSayWhatAttentionIs() throws IOException {
        assertEquals("custom", property(export(TinyModel.llama().wideHeads(), CUSTOM), "bitnet.attention"));
        assertEquals("shared", property(export(TinyModel.llama().wideHeads(), CUSTOM), "bitnet.kv_cache"));
        ExportOptions ort = ExportOptions.DEFAULT.withAttention(AttentionOperator.ORT);
        assertEquals("ort", property(export(TinyModel.llama().wideHeads(), ort), "bitnet.attention"));
        ExportOptions standard = CUSTOM.withOperators(Operators.STANDARD);
        assertEquals("standard", property(export(TinyModel.llama().wideHeads(), standard), "bitnet.attention"));
    }

    @Test
    void narrowHeadsGetStandardOperators() throws IOException {
        ModelProto model = export(TinyModel.llama(), CUSTOM);
        assertEquals("standard", property(model, "bitnet.attention"));
        assertEquals("copied", property(model, "bitnet.kv_cache"));
        assertEquals(List.of(), attention(model));
        assertEquals(List.of("CustomBitMatMul", "CustomMatMulNBits"), functions(model));
    }

    /** The nodes share one body, so they have one form: that of the layer whose keys cannot be merged. */
    @Test
    void oneLayerThatIsNotMergedKeepsAllApart() throws IOException {
        TinyModel partly = TinyModel.llama()
                .wideHeads()
                .quantization("modules_to_not_convert", "[\"lm_head\",\"model.layers.0.self_attn.k_proj\"]");
        partly.tensors.remove("model.layers.0.self_attn.k_proj.weight");
        partly.floats("model.layers.0.self_attn.k_proj.weight", 16, TinyModel.HIDDEN);
        ModelProto model = export(partly, CUSTOM);
        for (NodeProto node : attention(model)) {
            assertEquals(node.getName() + ".q_proj", node.getInput(0));
            assertEquals(
                    List.of(node.getName() + ".k_proj", node.getName() + ".v_proj"),
                    node.getInputList().subList(7, 9));
        }
        assertEquals(
                "The operator in standard operators, for nodes with key and value.",
                body(model).getDocString());
    }

    @Test
    void theMeaningIsWrittenToo() throws IOException {
        ModelProto model = export(TinyModel.llama().wideHeads(), CUSTOM);
        assertEquals(List.of("CustomBitMatMul", "CustomMatMulNBits", "CustomGroupQueryAttention"), functions(model));
        assertEquals(
                "The operator in standard operators, for nodes without key and value.",
                body(model).getDocString());
        assertEquals(
                List.of("Y", "present_key", "present_value"),
                List.copyOf(body(model).getOutputList()));
        assertEquals(
                0,
                export(TinyModel.llama().wideHeads(), CUSTOM.withFunctionBody(false))
                        .getFunctionsCount());
    }

    @Test
    void mergedModulesAreKnownByTheirNames() throws IOException {
        Path checkpoint = TinyModel.llama().wideHeads().write(folder);
        ModelExporter.export(checkpoint, folder.resolve("out"), CUSTOM, ProgressListener.NONE);
        List<Part> parts =
                ModelInspector.bitMatMuls(folder.resolve("out")).get(0).parts();
        assertEquals(
                List.of("q_proj 0 48", "k_proj 48 16", "v_proj 64 16"),
                parts.stream()
                        .map(part -> part.module().replace("model.layers.0.self_attn.", "") + " " + part.firstRow()
                                + " " + part.rows())
                        .toList());
        assertTrue(ModelProbe.open(folder.resolve("out")).hasValue("model.layers.1.self_attn.k_proj"));
    }

    private ModelProto export(TinyModel model, ExportOptions options) throws IOException {
        return model.export(folder, options);
    }

    private static List<NodeProto> attention(ModelProto model) {
        return model.getGraph().getNodeList().stream()
                .filter(node ->
                        node.getDomain().equals("ai.bitnet") && node.getOpType().equals("CustomGroupQueryAttention"))
                .toList();
    }

    private static FunctionProto body(ModelProto model) {
        return model.getFunctions(model.getFunctionsCount() - 1);
    }

    private static List<String> functions(ModelProto model) {
        return model.getFunctionsList().stream().map(FunctionProto::getName).toList();
    }

    private static String property(ModelProto model, String name) {
        return model.getMetadataPropsList().stream()
                .filter(property -> property.getKey().equals(name))
                .findFirst()
                .orElseThrow()
                .getValue();
    }
}
