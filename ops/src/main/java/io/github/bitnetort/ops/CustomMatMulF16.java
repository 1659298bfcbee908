package io.github.bitnetort.ops;

import io.github.bitnetort.ops.CustomBitMatMul.Attribute;
import io.github.bitnetort.ops.CustomBitMatMul.AttributeType;
import io.github.bitnetort.ops.CustomBitMatMul.ElementType;
import io.github.bitnetort.ops.CustomBitMatMul.Tensor;
import java.util.List;

/** The name and schema of the op for float16 layers, in the domain of {@link CustomBitMatMul}. */
public final class CustomMatMulF16 {
    /** The domain of all ops of ours. */
    public static final String DOMAIN = CustomBitMatMul.DOMAIN;

    /** The op's name in it. */
    public static final String OP_TYPE = "CustomMatMulF16";

    /** The version of the domain's operator set. */
    public static final int OPSET_VERSION = 1;

    /** Largest K: a row's bytes and a row of X are counted in int32. */
    public static final int MAX_K = 1 << 30;

    /** Partial sums, which take the columns in turn. */
    public static final int SUMS = 16;

    /** Activations, [..., K]. */
    public static final Tensor X = new Tensor("X", ElementType.FLOAT32, false, false);

    /** Weights, [N, K]. */
    public static final Tensor W = new Tensor("W", ElementType.FLOAT16, false, true);

    /** The product, [..., N]. */
    public static final Tensor Y = new Tensor("Y", ElementType.FLOAT32, false, false);

    /** Columns of X and of the weights. */
    public static final Attribute ATTRIBUTE_K = new Attribute("K", AttributeType.INT, false);

    /** Columns of Y: rows of the weights. */
    public static final Attribute ATTRIBUTE_N = new Attribute("N", AttributeType.INT, false);

    /** Inputs in the order of the node. */
    public static final List<Tensor> INPUTS = List.of(X, W);

    /** Outputs in the order of the node. */
    public static final List<Tensor> OUTPUTS = List.of(Y);

    /** All attributes that a node may have. */
    public static final List<Attribute> ATTRIBUTES = List.of(ATTRIBUTE_K, ATTRIBUTE_N);

    private CustomMatMulF16() {}
}
