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

    /** The function for all nodes. */
    public static FunctionProto build() {
        String x = CustomGatedUnit.X.name();
        FunctionBuilder body = new FunctionBuilder(OnnxOperator.CUSTOM_GATED_UNIT, ONNX_OPSET, List.of(x))
                .doc("The operator in standard operators, for activation " + GatedUnitSpec.RELU2 + ".");
        List<String> halves = body.add(
                OnnxOperator.SPLIT,
                "halves",
                List.of(x),
                List.of("gates", "values"),
                Attributes.of("axis", -1),
                Attributes.of("num_outputs", 2));
        String above = body.add(OnnxOperator.RELU, "above", List.of(halves.get(0)));
        String squares = body.add(OnnxOperator.MUL, "squares", List.of(above, above));
        return body.build(
                List.of(body.add(OnnxOperator.MUL, CustomGatedUnit.Y.name(), List.of(squares, halves.get(1)))));
    }
}
