package io.github.bitnetort.export.graph;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.onnx.AttributeProto.AttributeType;
import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.OperatorSetIdProto;
import io.github.bitnetort.export.onnx.TensorProto;
import java.util.List;
import java.util.Map;

/** Builds a model-local function of ONNX's own operators: what an operator means, for those who do not know it. */
public final class FunctionBuilder extends NodeBuilder {
    private final FunctionProto.Builder function = FunctionProto.newBuilder();

    /**
     * The function that stands for an operator of the vocabulary, with some of its inputs. It has the operator's required
     * attributes, and of the others those that it refers to: calling nodes give both.
     */
    public FunctionBuilder(OnnxOperator operator, long onnxOpset, List<String> inputs) {
        super(Map.of(OnnxOperator.ONNX_DOMAIN, onnxOpset));
        function.setDomain(operator.domain())
                .setName(operator.opType())
                .addOpsetImport(OperatorSetIdProto.newBuilder()
                        .setDomain(OnnxOperator.ONNX_DOMAIN)
                        .setVersion(onnxOpset));
        operator.attributes().stream().filter(OnnxOperator.Attribute::required).forEach(a -> takeAttribute(a.name()));
        inputs.forEach(input -> {
            declare(input);
            function.addInput(input);
        });
    }

    /** What the file says of the function. */
    public FunctionBuilder doc(String text) {
        function.setDocString(text);
        return this;
    }

    /** A constant; its name is the tensor's. */
    public String constant(TensorProto tensor) {
        return add(OnnxOperator.CONSTANT, tensor.getName(), List.of(), Attributes.of("value", tensor));
    }

    /** The value of the calling node's integer attribute, as a scalar. */
    public String intAttribute(String name, String attribute) {
        takeAttribute(attribute);
        return add(
                OnnxOperator.CONSTANT,
                name,
                List.of(),
                Attributes.reference("value_int", AttributeType.INT, attribute));
    }

    /** The value of the calling node's float attribute, as a scalar. */
    public String floatAttribute(String name, String attribute) {
        takeAttribute(attribute);
        return add(
                OnnxOperator.CONSTANT,
                name,
                List.of(),
                Attributes.reference("value_float", AttributeType.FLOAT, attribute));
    }

    private void takeAttribute(String attribute) {
        if (!function.getAttributeList().contains(attribute)) {
            function.addAttribute(attribute);
        }
    }

    /** The function, with its outputs. */
    public FunctionProto build(List<String> outputs) {
        for (String output : outputs) {
            if (!isDeclared(output)) {
                throw new ExportException("output " + output + ": found no such value, wanted one of the function's");
            }
        }
        return function.addAllOutput(outputs).build();
    }

    @Override
    void accept(NodeProto node) {
        function.addNode(node);
    }
}
