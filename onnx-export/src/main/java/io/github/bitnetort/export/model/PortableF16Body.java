package io.github.bitnetort.export.model;

import static io.github.bitnetort.export.graph.OnnxOperator.ADD;
import static io.github.bitnetort.export.graph.OnnxOperator.CAST;
import static io.github.bitnetort.export.graph.OnnxOperator.CONCAT;
import static io.github.bitnetort.export.graph.OnnxOperator.CUSTOM_MAT_MUL_F16;
import static io.github.bitnetort.export.graph.OnnxOperator.DIV;
import static io.github.bitnetort.export.graph.OnnxOperator.IDENTITY;
import static io.github.bitnetort.export.graph.OnnxOperator.LOOP;
import static io.github.bitnetort.export.graph.OnnxOperator.MAT_MUL;
import static io.github.bitnetort.export.graph.OnnxOperator.MUL;
import static io.github.bitnetort.export.graph.OnnxOperator.RESHAPE;
import static io.github.bitnetort.export.graph.OnnxOperator.SHAPE;
import static io.github.bitnetort.export.graph.OnnxOperator.SLICE;
import static io.github.bitnetort.export.graph.OnnxOperator.SQUEEZE;
import static io.github.bitnetort.export.graph.OnnxOperator.TRANSPOSE;
import static io.github.bitnetort.export.graph.OnnxOperator.UNSQUEEZE;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.FunctionBuilder;
import io.github.bitnetort.export.graph.SubgraphBuilder;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.export.onnx.GraphProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomMatMulF16;
import java.util.List;

/**
 * CustomMatMulF16 as a model-local function of standard operators. Sums have no fixed order there, so the last bits may
 * differ. One body serves all nodes.
 *
 * <p>A Loop takes some rows of W at a time, casts those and multiplies: a Cast of all of W, which is a constant, would be
 * folded into a copy of twice the size.
 */
public final class PortableF16Body {
    /** The version of ONNX's operator set that the body needs. */
    public static final long ONNX_OPSET = PortableBody.ONNX_OPSET;

    /** Weights that are cast at a time, or a row of them where that has more. */
    private static final long WEIGHTS_AT_ONCE = 1 << 20;

    private final FunctionBuilder body = new FunctionBuilder(
                    CUSTOM_MAT_MUL_F16,
                    ONNX_OPSET,
                    CustomMatMulF16.INPUTS.stream().map(input -> input.name()).toList())
            .doc("The operator in standard operators.");
    private final BodyValues values = new BodyValues(body, ONNX_OPSET);

    private PortableF16Body() {}

    /** The function for nodes of any N and K. */
    public static FunctionProto create() {
        return new PortableF16Body().build();
    }

    private FunctionProto build() {
        String x = CustomMatMulF16.X.name();
        String rows = body.add(RESHAPE, "rows", List.of(x, concat("rows_shape", values.list(-1), values.k())));
        String columns = body.add(TRANSPOSE, "columns", List.of(rows), swap());
        String step = ceilDiv("step", values.list(WEIGHTS_AT_ONCE), values.k());
        String steps = body.add(SQUEEZE, "step_count", List.of(ceilDiv("steps", values.n(), step), values.list(0)));
        // [0, M]: no output yet.
        String none = body.add(SLICE, "none", List.of(columns, values.list(0), values.list(0), values.list(0)));
        // Not left out, though it may be: onnx's reference evaluator would then take no step.
        String always = body.add(CAST, "always", List.of(values.scalar(1)), Attributes.to(DataType.BOOL));
        String product =
                body.add(LOOP, "product", List.of(steps, always, none), Attributes.of("body", step(columns, step)));
        String turned = body.add(TRANSPOSE, "turned", List.of(product), swap());
        String leading =
                body.add(SHAPE, "leading_dims", List.of(x), Attributes.of("start", 0), Attributes.of("end", -1));
        // Dimensions of 0 are meant: there may be no rows.
        return body.build(List.of(body.add(
                RESHAPE,
                CustomMatMulF16.Y.name(),
                List.of(turned, concat("y_shape", leading, values.n())),
                Attributes.of("allowzero", 1))));
    }

    /** The Loop's body: some rows of W by the columns [K, M], put behind what there is of the product [N, M]. */
    private GraphProto step(String columns, String step) {
        String zero = values.list(0);
        SubgraphBuilder graph = new SubgraphBuilder(body, "some_rows");
        String iteration = graph.input(Tensors.value("iteration", DataType.INT64));
        String condition = graph.input(Tensors.value("condition", DataType.BOOL));
        String before = graph.input(Tensors.valueOfAnyShape("product_before", DataType.FLOAT));
        String index = graph.add(UNSQUEEZE, "iteration_list", List.of(iteration, zero));
        String start = graph.add(MUL, "start", List.of(index, step));
        String end = graph.add(ADD, "end", List.of(start, step));
        String some = graph.add(SLICE, "some_of_w", List.of(CustomMatMulF16.W.name(), start, end, zero));
        String floats = graph.add(CAST, "floats", List.of(some), Attributes.to(DataType.FLOAT));
        String part = graph.add(MAT_MUL, "part", List.of(floats, columns));
        String after = graph.add(CONCAT, "product_after", List.of(before, part), Attributes.of("axis", 0));
        graph.output(Tensors.value(graph.add(IDENTITY, "condition_after", List.of(condition)), DataType.BOOL));
        graph.output(Tensors.valueOfAnyShape(after, DataType.FLOAT));
        return graph.build();
    }

    /** (a + b − 1) / b. */
    private String ceilDiv(String name, String a, String b) {
        String sum = body.add(ADD, name + "_sum", List.of(a, b));
        return body.add(DIV, name, List.of(body.add(ADD, name + "_sum_less_1", List.of(sum, values.list(-1))), b));
    }

    private String concat(String name, String... parts) {
        return body.add(CONCAT, name, List.of(parts), Attributes.of("axis", 0));
    }

    private static AttributeProto swap() {
        return Attributes.of("perm", new long[] {1, 0});
    }
}
