package io.github.bitnetort.ops;

import io.github.bitnetort.ops.CustomBitMatMul.Attribute;
import io.github.bitnetort.ops.CustomBitMatMul.AttributeType;
import io.github.bitnetort.ops.CustomBitMatMul.ElementType;
import io.github.bitnetort.ops.CustomBitMatMul.Tensor;
import java.util.List;

/** The name and schema of the op for gated units, in the domain of {@link CustomBitMatMul}. */
public final class CustomGatedUnit {
    /** The domain of all ops of ours. */
    public static final String DOMAIN = CustomBitMatMul.DOMAIN;

    /** The op's name in it. */
    public static final String OP_TYPE = "CustomGatedUnit";

    /** The version of the domain's operator set. */
    public static final int OPSET_VERSION = 1;

    /** Largest N: rows of X are 2 N long. */
    public static final int MAX_N = (1 << 30) - 1;

    /** Gates and then values, [..., 2 N]. */
    public static final Tensor X = new Tensor("X", ElementType.FLOAT32, false, false);

    /** What each column is multiplied by where a norm follows, [N]. */
    public static final Tensor WEIGHT = new Tensor("weight", ElementType.FLOAT32, true, true);

    /** [..., N]. */
    public static final Tensor Y = new Tensor("Y", ElementType.FLOAT32, false, false);

    /** Columns of Y, half of those of X. */
    public static final Attribute ATTRIBUTE_N = new Attribute("N", AttributeType.INT, false);

    /** What gates go through. */
    public static final Attribute ACTIVATION = new Attribute("activation", AttributeType.STRING, false);

    /** With {@link #WEIGHT}. */
    public static final Attribute EPSILON = new Attribute("epsilon", AttributeType.FLOAT, true);

    /** Inputs in the order of the node. */
    public static final List<Tensor> INPUTS = List.of(X, WEIGHT);

    /** Outputs in the order of the node. */
    public static final List<Tensor> OUTPUTS = List.of(Y);

    /** All attributes that a node may have. */
    public static final List<Attribute> ATTRIBUTES = List.of(ATTRIBUTE_N, ACTIVATION, EPSILON);

    private CustomGatedUnit() {}
}
