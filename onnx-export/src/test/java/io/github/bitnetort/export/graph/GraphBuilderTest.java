package io.github.bitnetort.export.graph;

import static io.github.bitnetort.export.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomBitMatMul;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GraphBuilderTest {
    private final OnnxModel model = new OnnxModel("g", "test", "1");
    private GraphBuilder graph;

    @BeforeEach
    void start() {
        model.opsets().put("", 18L);
        graph = new GraphBuilder(model);
        graph.input(Tensors.value("x", DataType.FLOAT, "n", 4));
    }

    @Test
    void addsNodesThatTheVocabularyAllows() {
        String y = graph.add(OnnxOperator.RELU, "y", List.of("x"));
        graph.output(Tensors.value(y, DataType.FLOAT, "n", 4));
        List<String> halves = graph.add(
                OnnxOperator.SPLIT, "s", List.of(y, graph.list(2, 2)), List.of("a", "b"), Attributes.of("axis", -1));
        assertEquals(List.of("a", "b"), halves);
        assertEquals(2, model.graph().nodes().size());
        assertEquals("Relu", model.graph().nodes().get(0).getOpType());
        graph.add(OnnxOperator.CLIP, "c", List.of("x", "", graph.scalar(1f)));
    }

    @Test
    void subgraphsSeeWhatIsAround() {
        String y = graph.add(OnnxOperator.RELU, "y", List.of("x"));
        SubgraphBuilder body = new SubgraphBuilder(graph, "body");
        String before = body.input(Tensors.valueOfAnyShape("before", DataType.FLOAT));
        String after = body.add(OnnxOperator.ADD, "after", List.of(before, y));
        body.output(Tensors.value(after, DataType.FLOAT, "n", 4));
        assertRefused(() -> body.input(Tensors.value("y", DataType.FLOAT)), "value \"y\": found twice");
        assertRefused(() -> body.add(OnnxOperator.RELU, "x", List.of(y)), "value \"x\": found twice");
        assertRefused(() -> body.output(Tensors.value("z", DataType.FLOAT)), "output z: found no such value");
        assertEquals(1, body.build().getNodeCount());
        assertEquals("after", body.build().getOutput(0).getName());
        assertRefused(() -> graph.add(OnnxOperator.RELU, "z", List.of("after")), "input 0: found \"after\"");
        assertRefused(() -> graph.add(OnnxOperator.LOOP, "l", List.of(y)), "attribute body: found none, wanted GRAPH");
        graph.add(OnnxOperator.LOOP, "l", List.of(y, "", y), Attributes.of("body", body.build()));
    }

    @Test
    void sharesEqualConstants() {
        assertEquals(graph.scalar(1f), graph.scalar(1f));
        assertEquals(graph.list(1, 2), graph.list(1, 2));
        assertNotEquals(graph.scalar(1f), graph.scalar(1L));
        assertEquals(3, model.graph().initializers().size());
    }

    @Test
    void refusesWrongNumbersOfInputsAndOutputs() {
        assertRefused(
                () -> graph.add(OnnxOperator.ADD, "y", List.of("x")), "node y (Add): inputs: found 1, wanted 2..2");
        assertRefused(() -> graph.add(OnnxOperator.RELU, "y", List.of("x", "x")), "node y (Relu): inputs: found 2");
        assertRefused(
                () -> graph.add(OnnxOperator.RELU, "y", List.of("x"), List.of("a", "b")),
                "outputs: found 2, wanted 1..1");
    }

    @Test
    void refusesUnknownValuesAndLeftOutInputs() {
        assertRefused(() -> graph.add(OnnxOperator.RELU, "y", List.of("z")), "node y (Relu): input 0: found \"z\"");
        assertRefused(() -> graph.add(OnnxOperator.RELU, "y", List.of("")), "input 0: found \"\"");
        assertRefused(() -> graph.output(Tensors.value("z", DataType.FLOAT)), "output z");
    }

    @Test
    void refusesNamesTwice() {
        graph.add(OnnxOperator.RELU, "y", List.of("x"));
        assertRefused(() -> graph.add(OnnxOperator.RELU, "y", List.of("x")), "value \"y\"");
        assertRefused(() -> graph.input(Tensors.value("x", DataType.FLOAT)), "value \"x\"");
    }

    @Test
    void refusesAttributes() {
        List<String> x = List.of("x");
        AttributeProto perm = Attributes.of("perm", new long[] {1, 0});
        assertRefused(() -> graph.add(OnnxOperator.RELU, "y", x, perm), "node y (Relu): attribute perm");
        assertRefused(
                () -> graph.add(OnnxOperator.CAST, "y", x), "node y (Cast): attribute to: found none, wanted INT");
        assertRefused(
                () -> graph.add(OnnxOperator.CAST, "y", x, Attributes.of("to", "FLOAT")), "found STRING, wanted INT");
        assertRefused(() -> graph.add(OnnxOperator.TRANSPOSE, "y", x, perm, perm), "attribute perm: found it twice");
    }

    @Test
    void refusesOperatorsThatTheOperatorSetLacks() {
        assertRefused(
                () -> graph.add(OnnxOperator.CUSTOM_BIT_MAT_MUL, "y", List.of("x", "x", "x")),
                "operator set \"ai.bitnet\": found none, wanted 1 or later");
        model.opsets().put("", 17L);
        assertRefused(() -> graph.add(OnnxOperator.REDUCE_MAX, "y", List.of("x")), "found 17, wanted 18 or later");
    }

    @Test
    void refusesTheOpWithoutItsAttributes() {
        model.opsets().put(CustomBitMatMul.DOMAIN, 1L);
        assertRefused(
                () -> graph.add(OnnxOperator.CUSTOM_BIT_MAT_MUL, "y", List.of("x", "x", "x")),
                "attribute K: found none");
    }

    @Test
    void buildsFunctions() {
        List<String> inputs = List.of("X", "W", "scale");
        FunctionBuilder body = new FunctionBuilder(OnnxOperator.CUSTOM_BIT_MAT_MUL, 18, inputs);
        String k = body.intAttribute("k", "K");
        assertRefused(() -> body.add(OnnxOperator.ADD, "y", List.of("X", "bias")), "input 1: found \"bias\"");
        assertRefused(() -> body.build(List.of("Y")), "output Y");
        FunctionProto function = body.build(List.of(k));
        assertEquals(
                List.of("K", "N", "packing", "activation", "block_size"), new ArrayList<>(function.getAttributeList()));
        assertEquals("K", function.getNode(0).getAttribute(0).getRefAttrName());
        assertEquals("CustomBitMatMul", function.getName());
    }
}
