package io.github.bitnetort.export.graph;

import io.github.bitnetort.export.onnx.AttributeProto.AttributeType;
import io.github.bitnetort.ops.CustomBitMatMul;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * What nodes of an operator look like.
 *
 * @param optionalInputs those that a node may leave out though others follow
 */
record OperatorForm(
        String domain,
        String opType,
        int sinceVersion,
        List<Integer> optionalInputs,
        int minInputs,
        int maxInputs,
        int maxOutputs,
        List<OnnxOperator.Attribute> attributes) {

    /** Of one of the project's own, as its contract has it. */
    static OperatorForm custom(
            String opType,
            List<CustomBitMatMul.Tensor> inputs,
            List<CustomBitMatMul.Tensor> outputs,
            List<CustomBitMatMul.Attribute> attributes) {
        List<Integer> optional = indices(inputs, CustomBitMatMul.Tensor::optional);
        List<Integer> required = indices(inputs, input -> !input.optional());
        return new OperatorForm(
                CustomBitMatMul.DOMAIN,
                opType,
                CustomBitMatMul.OPSET_VERSION,
                optional,
                required.isEmpty() ? 0 : required.get(required.size() - 1) + 1,
                inputs.size(),
                outputs.size(),
                attributes.stream().map(OperatorForm::attribute).toList());
    }

    private static List<Integer> indices(List<CustomBitMatMul.Tensor> inputs, Predicate<CustomBitMatMul.Tensor> which) {
        return IntStream.range(0, inputs.size())
                .filter(i -> which.test(inputs.get(i)))
                .boxed()
                .toList();
    }

    private static OnnxOperator.Attribute attribute(CustomBitMatMul.Attribute of) {
        return new OnnxOperator.Attribute(
                of.name(), AttributeType.forNumber(of.type().onnxNumber()), !of.optional());
    }
}
