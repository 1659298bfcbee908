package io.github.bitnetort.export.graph;

import com.google.protobuf.ByteString;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.AttributeProto.AttributeType;
import io.github.bitnetort.export.onnx.GraphProto;
import io.github.bitnetort.export.onnx.TensorProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.util.Arrays;

/** Makes node attributes. */
public final class Attributes {
    private Attributes() {}

    /** Of type INT. */
    public static AttributeProto of(String name, long value) {
        return attribute(name, AttributeType.INT).setI(value).build();
    }

    /** Of type FLOAT. */
    public static AttributeProto of(String name, float value) {
        return attribute(name, AttributeType.FLOAT).setF(value).build();
    }

    /** Of type STRING, in UTF-8. */
    public static AttributeProto of(String name, String value) {
        return attribute(name, AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    /** Of type INTS. */
    public static AttributeProto of(String name, long[] values) {
        return attribute(name, AttributeType.INTS)
                .addAllInts(Arrays.stream(values).boxed().toList())
                .build();
    }

    /** Of type TENSOR. */
    public static AttributeProto of(String name, TensorProto value) {
        return attribute(name, AttributeType.TENSOR).setT(value).build();
    }

    /** Of type GRAPH. */
    public static AttributeProto of(String name, GraphProto value) {
        return attribute(name, AttributeType.GRAPH).setG(value).build();
    }

    /** Cast's target. */
    public static AttributeProto to(DataType type) {
        return of("to", type.getNumber());
    }

    /** In a function body: the value of the calling node's attribute {@code source}. */
    public static AttributeProto reference(String name, AttributeType type, String source) {
        return attribute(name, type).setRefAttrName(source).build();
    }

    private static AttributeProto.Builder attribute(String name, AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }
}
