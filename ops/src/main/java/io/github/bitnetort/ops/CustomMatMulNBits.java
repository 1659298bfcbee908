package io.github.bitnetort.ops;

import io.github.bitnetort.ops.CustomBitMatMul.Attribute;
import io.github.bitnetort.ops.CustomBitMatMul.AttributeType;
import io.github.bitnetort.ops.CustomBitMatMul.ElementType;
import io.github.bitnetort.ops.CustomBitMatMul.Tensor;
import java.util.List;

/** The name and schema of the op for 8-bit and 4-bit layers, in the domain of {@link CustomBitMatMul}. */
public final class CustomMatMulNBits {
    /** The domain of all ops of ours. */
    public static final String DOMAIN = CustomBitMatMul.DOMAIN;

    /** The op's name in it. */
    public static final String OP_TYPE = "CustomMatMulNBits";

    /** The version of the domain's operator set. */
    public static final int OPSET_VERSION = 1;

    /** Largest K: 127 · 128 · K stays below 2^31, so that sums of weights times digits fit into int32. */
    public static final int MAX_K = (int) (((1L << 31) - 1) / (127 * 128));

    /** Activations, [..., K]. */
    public static final Tensor X = new Tensor("X", ElementType.FLOAT32, false, false);

    /** Weights, {@link MatMulNBitsSpec#weightShape()}. */
    public static final Tensor W = new Tensor("W", ElementType.UINT8, false, true);

    /** What a unit of weight is worth, {@link MatMulNBitsSpec#scaleShape()}. */
    public static final Tensor SCALE = new Tensor("scale", ElementType.FLOAT32, false, true);

    /** The product, [..., N]. */
    public static final Tensor Y = new Tensor("Y", ElementType.FLOAT32, false, false);

    /** Columns of X and of the weights. */
    public static final Attribute ATTRIBUTE_K = new Attribute("K", AttributeType.INT, false);

    /** Columns of Y: rows of the weights. */
    public static final Attribute ATTRIBUTE_N = new Attribute("N", AttributeType.INT, false);

    /** Bits of a weight: 8 or 4. */
    public static final Attribute BITS = new Attribute("bits", AttributeType.INT, false);

    /** Columns that share a scale; 0: all. */
    public static final Attribute BLOCK_SIZE = new Attribute("block_size", AttributeType.INT, false);

    /** Inputs in the order of the node. */
    public static final List<Tensor> INPUTS = List.of(X, W, SCALE);

    /** Outputs in the order of the node. */
    public static final List<Tensor> OUTPUTS = List.of(Y);

    /** All attributes that a node may have. */
    public static final List<Attribute> ATTRIBUTES = List.of(ATTRIBUTE_K, ATTRIBUTE_N, BITS, BLOCK_SIZE);

    private CustomMatMulNBits() {}
}
