package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.export.onnx.TypeProto;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Element types of values: as the model states them, else by what the operators do to their first input's type. */
final class ElementTypeInference {
    private static final Set<String> BOOLEAN = Set.of(
            "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Not", "And", "Or", "Xor", "IsNaN", "IsInf");
    private static final Set<String> INTEGER = Set.of("Shape", "Size", "ArgMax", "ArgMin", "NonZero");
    private static final Set<String> LIKE_SECOND_INPUT = Set.of("Where", "CastLike", "DequantizeLinear");

    private final Map<Ref, DataType> known = new HashMap<>();

    /** The type, or UNDEFINED where it cannot be told. */
    DataType of(Ref value) {
        DataType type = known.get(value);
        if (type == null) {
            known.put(value, DataType.UNDEFINED); // ends recursion in malformed graphs
            type = infer(value);
            known.put(value, type);
        }
        return type;
    }

    private DataType infer(Ref value) {
        Initializer constant = value.scope().initializer(value.name());
        if (constant != null) {
            return number(constant.dataType());
        }
        TypeProto.Tensor stated = GraphView.tensorType(value);
        if (stated != null && stated.getElemType() != 0) {
            return number(stated.getElemType());
        }
        Node node = GraphView.producer(value);
        return node == null ? DataType.UNDEFINED : ofNode(node, value);
    }

    private DataType ofNode(Node node, Ref value) {
        String operator = node.operator();
        if (BOOLEAN.contains(operator)) {
            return DataType.BOOL;
        }
        if (INTEGER.contains(operator)) {
            return DataType.INT64;
        }
        return switch (operator) {
            case "Cast" -> number((int) NodeAttributes.integer(node.proto(), "to", 0));
            case "Constant", "ConstantOfShape" -> ofAttribute(node);
            case "MatMulInteger", "ConvInteger" -> DataType.INT32;
            case "DynamicQuantizeLinear" -> node.output().equals(value) ? DataType.UINT8 : DataType.FLOAT;
            case "QuantizeLinear" -> node.input(2) == null ? DataType.UINT8 : of(node.input(2));
            default -> ofInput(node, LIKE_SECOND_INPUT.contains(operator) ? 1 : 0);
        };
    }

    private DataType ofInput(Node node, int index) {
        return !node.subgraphs().isEmpty() || node.input(index) == null ? DataType.UNDEFINED : of(node.input(index));
    }

    private static DataType ofAttribute(Node node) {
        for (AttributeProto attribute : node.proto().getAttributeList()) {
            switch (attribute.getName()) {
                case "value":
                    return number(attribute.getT().getDataType());
                case "value_int", "value_ints":
                    return DataType.INT64;
                default:
                    return DataType.FLOAT;
            }
        }
        return DataType.FLOAT;
    }

    private static DataType number(int type) {
        DataType found = DataType.forNumber(type);
        return found == null ? DataType.UNDEFINED : found;
    }
}
