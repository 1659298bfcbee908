package io.github.bitnetort.ops;

import java.util.List;

/** The op's name and schema: the one place where its inputs, output and attributes are listed. */
public final class CustomBitMatMul {
    /** The domain of all ops of ours. */
    public static final String DOMAIN = "ai.bitnet";

    /** The op's name in it. */
    public static final String OP_TYPE = "CustomBitMatMul";

    /** The version of the domain's operator set. */
    public static final int OPSET_VERSION = 1;

    /** Output rows in a tile of packed weights. */
    public static final int TILE_ROWS = 16;

    /** Packed weights in external data start on a multiple of this many bytes, so that they can be mapped. */
    public static final int WEIGHT_ALIGNMENT = 65536;

    /** Largest K: |acc| ≤ 127 K stays below 2^24, so int32 cannot overflow and float(acc) is exact. */
    public static final int MAX_K = ((1 << 24) - 1) / 127;

    /** Element types, with their numbers in ONNX's {@code TensorProto.DataType}. */
    public enum ElementType {
        FLOAT32(1),
        UINT8(2),
        INT32(6),
        INT64(7),
        FLOAT16(10);

        private final int onnxNumber;

        ElementType(int onnxNumber) {
            this.onnxNumber = onnxNumber;
        }

        /** Its number in a file. */
        public int onnxNumber() {
            return onnxNumber;
        }
    }

    /** Attribute types, with their numbers in ONNX's {@code AttributeProto.AttributeType}. */
    public enum AttributeType {
        FLOAT(1),
        INT(2),
        STRING(3);

        private final int onnxNumber;

        AttributeType(int onnxNumber) {
            this.onnxNumber = onnxNumber;
        }

        /** Its number in a file. */
        public int onnxNumber() {
            return onnxNumber;
        }
    }

    /**
     * An input or output.
     *
     * @param constant whether the value must be an initializer
     */
    public record Tensor(String name, ElementType type, boolean optional, boolean constant) {}

    /** An attribute. */
    public record Attribute(String name, AttributeType type, boolean optional) {}

    /** Activations, [..., K]. */
    public static final Tensor X = new Tensor("X", ElementType.FLOAT32, false, false);

    /** Packed weights, {@link PackedLayout#shape()}. */
    public static final Tensor W = new Tensor("W", ElementType.INT32, false, true);

    /** What a unit of weight is worth, {@link BitMatMulSpec#scaleShape(ScaleKind)}. */
    public static final Tensor SCALE = new Tensor("scale", ElementType.FLOAT32, false, true);

    /** Added last, [N]. */
    public static final Tensor BIAS = new Tensor("bias", ElementType.FLOAT32, true, true);

    /** The product, [..., N]. */
    public static final Tensor Y = new Tensor("Y", ElementType.FLOAT32, false, false);

    /** Columns of X and of the weights. */
    public static final Attribute ATTRIBUTE_K = new Attribute("K", AttributeType.INT, false);

    /** Columns of Y: output rows of the weights. */
    public static final Attribute ATTRIBUTE_N = new Attribute("N", AttributeType.INT, false);

    /** How weights become bits: {@link Packing#onnxName()}. */
    public static final Attribute PACKING = new Attribute("packing", AttributeType.STRING, false);

    /** How X is quantized: {@link Activation#onnxName()}. */
    public static final Attribute ACTIVATION = new Attribute("activation", AttributeType.STRING, false);

    /** Columns that share a scale; 0: all. */
    public static final Attribute BLOCK_SIZE = new Attribute("block_size", AttributeType.INT, false);

    /** Inputs in the order of the node. */
    public static final List<Tensor> INPUTS = List.of(X, W, SCALE, BIAS);

    /** Outputs in the order of the node. */
    public static final List<Tensor> OUTPUTS = List.of(Y);

    /** All attributes that a node may have. */
    public static final List<Attribute> ATTRIBUTES = List.of(ATTRIBUTE_K, ATTRIBUTE_N, PACKING, ACTIVATION, BLOCK_SIZE);

    private CustomBitMatMul() {}
}
