package io.github.bitnetort.export.model;

import static io.github.bitnetort.export.graph.OnnxOperator.ADD;
import static io.github.bitnetort.export.graph.OnnxOperator.CAST;
import static io.github.bitnetort.export.graph.OnnxOperator.CONCAT;
import static io.github.bitnetort.export.graph.OnnxOperator.CUM_SUM;
import static io.github.bitnetort.export.graph.OnnxOperator.DIV;
import static io.github.bitnetort.export.graph.OnnxOperator.MUL;
import static io.github.bitnetort.export.graph.OnnxOperator.RECIPROCAL;
import static io.github.bitnetort.export.graph.OnnxOperator.RESHAPE;
import static io.github.bitnetort.export.graph.OnnxOperator.SHAPE;
import static io.github.bitnetort.export.graph.OnnxOperator.SLICE;
import static io.github.bitnetort.export.graph.OnnxOperator.SPLIT;
import static io.github.bitnetort.export.graph.OnnxOperator.SQRT;
import static io.github.bitnetort.export.graph.OnnxOperator.SQUEEZE;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.FunctionBuilder;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomRmsNorm;
import java.util.List;

/**
 * CustomRmsNorm as a model-local function of standard operators, with the bits of the contract: running sums of CumSum
 * are the one sum of standard operators that has an order.
 */
public final class PortableRmsNormBody {
    /** The version of ONNX's operator set that the body needs. */
    public static final long ONNX_OPSET = PortableBody.ONNX_OPSET;

    private final FunctionBuilder body;
    private final BodyValues values;

    /** Adds to the body of an operator with the attributes of this one. */
    PortableRmsNormBody(FunctionBuilder body) {
        this.body = body;
        values = new BodyValues(body, ONNX_OPSET);
    }

    /** The function for all nodes. */
    public static FunctionProto build() {
        String x = CustomRmsNorm.X.name();
        String weight = CustomRmsNorm.WEIGHT.name();
        FunctionBuilder body = new FunctionBuilder(OnnxOperator.CUSTOM_RMS_NORM, ONNX_OPSET, List.of(x, weight))
                .doc("The operator in standard operators.");
        return body.build(List.of(new PortableRmsNormBody(body).add(x, weight, CustomRmsNorm.Y.name())));
    }

    /** Adds the norm of x, as the value y. */
    String add(String x, String weight, String y) {
        String sum = folded(laneSums(body.add(MUL, "squares", List.of(x, x))));
        String columns = body.add(CAST, "columns", List.of(values.n()), Attributes.to(DataType.FLOAT));
        String mean = body.add(DIV, "mean", List.of(sum, columns));
        String epsilon = body.floatAttribute("epsilon_value", CustomRmsNorm.EPSILON.name());
        String root = body.add(SQRT, "root", List.of(body.add(ADD, "mean_above_zero", List.of(mean, epsilon))));
        String factor = body.add(RECIPROCAL, "factor", List.of(root));
        String normed = body.add(MUL, "normed", List.of(x, factor));
        return body.add(MUL, y, List.of(normed, weight));
    }

    /** [..., N] to [..., 16]: of each lane the last of its running sums. */
    private String laneSums(String squares) {
        String leading =
                body.add(SHAPE, "leading_dims", List.of(squares), Attributes.of("start", 0), Attributes.of("end", -1));
        String lanes = values.list(CustomRmsNorm.LANES);
        String steps = body.add(DIV, "steps", List.of(values.n(), lanes));
        String shape = body.add(CONCAT, "lanes_shape", List.of(leading, steps, lanes), Attributes.of("axis", 0));
        // Dimensions of 0 are meant: there may be no rows.
        String byLane = body.add(RESHAPE, "by_lane", List.of(squares, shape), Attributes.of("allowzero", 1));
        String axis = values.list(-2);
        String scalarAxis = body.constant(Tensors.longs("step_axis", new long[0], -2));
        String running = body.add(CUM_SUM, "running", List.of(byLane, scalarAxis));
        String last = body.add(SLICE, "last", List.of(running, values.list(-1), values.list(Long.MAX_VALUE), axis));
        return body.add(SQUEEZE, "lane_sums", List.of(last, axis));
    }

    /** [..., 16] to [..., 1]: the upper half is added to the lower one until one is left. */
    private String folded(String sums) {
        String folded = sums;
        for (int half = CustomRmsNorm.LANES / 2; half > 0; half /= 2) {
            List<String> halves = body.add(
                    SPLIT,
                    "halves_" + half,
                    List.of(folded),
                    List.of("lower_" + half, "upper_" + half),
                    Attributes.of("axis", -1),
                    Attributes.of("num_outputs", 2));
            folded = body.add(ADD, "sums_" + half, halves);
        }
        return folded;
    }
}
