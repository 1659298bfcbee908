package io.github.bitnetort.tests.attention;

import ai.onnxruntime.OrtException;
import io.github.bitnetort.export.SingleAttentionModel;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomGroupQueryAttention;
import io.github.bitnetort.ops.GroupQueryAttentionProblem;
import io.github.bitnetort.ops.GroupQueryAttentionSpec;
import io.github.bitnetort.tests.op.AbstractOpRefusalTest;
import io.github.bitnetort.tests.op.OpTensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttentionRefusalTest extends AbstractOpRefusalTest {
    private static final GroupQueryAttentionProblem PROBLEM = new GroupQueryAttentionProblem(
            new GroupQueryAttentionSpec(4, 2, 16, 0.25f), new float[10 * 8], new float[10 * 8]);

    AttentionRefusalTest() {
        super(CustomGroupQueryAttention.OP_TYPE, SingleAttentionModel.NODE);
    }

    @Override
    protected OnnxModel good() {
        return new SingleAttentionModel(PROBLEM, true, false).toModel();
    }

    @Override
    protected List<Breakage> breakages() {
        return List.of(
                attribute("no heads", Attributes.of("num_heads", 0), "attribute num_heads: found 0, wanted 1..65536"),
                attribute(
                        "heads that do not share evenly",
                        Attributes.of("kv_num_heads", 3),
                        "attribute kv_num_heads: found 3, wanted a divisor of num_heads, 4"),
                attribute(
                        "more heads of keys than of queries",
                        Attributes.of("kv_num_heads", 8),
                        "attribute kv_num_heads: found 8, wanted 1..4"),
                attribute(
                        "heads of another width",
                        Attributes.of("head_dim", 24),
                        "attribute head_dim: found 24, wanted a multiple of 16"),
                attribute(
                        "heads beyond the bound",
                        Attributes.of("head_dim", 1024),
                        "attribute head_dim: found 1024, wanted 1..512"),
                attribute("heads unlike the tables", Attributes.of("head_dim", 32), "input cos: found shape [10, 8]"),
                attribute(
                        "scale of zero",
                        Attributes.of("scale", 0f),
                        "attribute scale: found 0, wanted a finite number above 0"),
                attribute("scale not finite", Attributes.of("scale", Float.NaN), "attribute scale: found nan"),
                missingAttribute("num_heads"),
                missingAttribute("kv_num_heads"),
                missingAttribute("head_dim"),
                missingAttribute("scale"),
                fed("cos", 5, DataType.FLOAT, 10, 8),
                input(
                        "another number of sines",
                        6,
                        Tensors.floats("short", new long[] {9, 8}, new float[72]),
                        "input sin: found shape [9, 8], wanted [10, 8]"));
    }

    @ParameterizedTest
    @CsvSource({
        "3, 1, 4, 'input total: found 2, wanted 3..10'",
        "3, 8, 4, 'input total: found 11, wanted 3..10'",
        "1, 6, 4, 'columns of past_key and past_value: found 4, wanted 6..'"
    })
    void totalsThatDoNotFitAreRefused(int tokens, int cached, int capacity, String says) throws OrtException {
        long total = says.contains("found 2") ? 2 : tokens + cached;
        assertRunIsRefused(good(), inputs(128, tokens, capacity, total, 0), says);
    }

    @ParameterizedTest
    @CsvSource({"-1, 'input padding: found -1 at element 0'", "7, 'input padding: found 7 at element 0, wanted 0..6'"})
    void paddingBeyondTheColumnsIsRefused(long padding, String says) throws OrtException {
        assertRunIsRefused(good(), inputs(128, 2, 4, 6, padding), says);
    }

    @Test
    void anotherWidthOfQueriesIsRefused() throws OrtException {
        assertShapeIsRefused(
                inputs(64, 2, 4, 6, 0),
                "input query: found element type 1 and shape [1, 2, 64], wanted float32 (1) and [any, any, 128]");
    }

    @Test
    void keysWithoutValuesAreRefused() throws OrtException {
        OnnxModel model = new SingleAttentionModel(PROBLEM, false, false).toModel();
        changeNode(model, node -> node.setInput(8, ""));
        model.graph().inputs().removeIf(input -> input.getName().equals("value"));
        List<OpTensor> inputs = inputs(64, 2, 4, 6, 0);
        inputs.add(OpTensor.zeros("key", 1, 2, 32));
        assertRunIsRefused(model, inputs, "input value: found none, wanted both key and value or neither");
    }

    private static List<OpTensor> inputs(int width, int tokens, int capacity, long total, long padding) {
        return new ArrayList<>(List.of(
                OpTensor.zeros("query", 1, tokens, width),
                OpTensor.zeros("past_key", 1, 2, capacity, 16),
                OpTensor.zeros("past_value", 1, 2, capacity, 16),
                OpTensor.of("total", new long[] {1}, total),
                OpTensor.of("padding", new long[] {1}, padding)));
    }
}
