package io.github.bitnetort.export.model;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.FunctionBuilder;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.ops.CustomGatedUnit;
import io.github.bitnetort.ops.GatedUnitSpec;
import java.util.List;

/** CustomGatedUnit as a model-local function of standard operators, with the bits of the contract. */
public final class PortableGatedUnitBody {
    /** The version of ONNX's operator set that the body needs. */
    public static final long ONNX_OPSET = PortableBody.ONNX_OPSET;

    private PortableGatedUnitBody() {}

    /**
     * The function for all nodes.
     *
     * @param normed whether a norm follows the units
     */
    public static FunctionProto build(boolean normed) {
        String x = CustomGatedUnit.X.name();
        String y = CustomGatedUnit.Y.name();
        String weight = CustomGatedUnit.WEIGHT.name();
        FunctionBuilder body = new FunctionBuilder(
                        OnnxOperator.CUSTOM_GATED_UNIT, ONNX_OPSET, normed ? List.of(x, weight) : List.of(x))
                .doc("The operator in standard operators, for activation " + GatedUnitSpec.RELU2
                        + (normed ? ", with a norm." : ", without a norm."));
        List<String> halves = body.add(
                OnnxOperator.SPLIT,
                "halves",
                List.of(x),
                List.of("gates", "values"),
                Attributes.of("axis", -1),
                Attributes.of("num_outputs", 2));
        String above = body.add(OnnxOperator.RELU, "above", List.of(halves.get(0)));
        String squares = body.add(OnnxOperator.MUL, "above_squared", List.of(above, above));
        String product = body.add(OnnxOperator.MUL, normed ? "product" : y, List.of(squares, halves.get(1)));
        return body.build(List.of(normed ? new PortableRmsNormBody(body).add(product, weight, y) : product));
    }
}
