package io.github.bitnetort.ops;

import io.github.bitnetort.ops.CustomBitMatMul.Attribute;
import io.github.bitnetort.ops.CustomBitMatMul.AttributeType;
import io.github.bitnetort.ops.CustomBitMatMul.ElementType;
import io.github.bitnetort.ops.CustomBitMatMul.Tensor;
import java.util.List;

/** The name and schema of the op for RMSNorm, in the domain of {@link CustomBitMatMul}. */
public final class CustomRmsNorm {
    /** The domain of all ops of ours. */
    public static final String DOMAIN = CustomBitMatMul.DOMAIN;

    /** The op's name in it. */
    public static final String OP_TYPE = "CustomRmsNorm";

    /** The version of the domain's operator set. */
    public static final int OPSET_VERSION = 1;

    /** Partial sums of a row: N is a multiple of it. */
    public static final int LANES = 16;

    /** Largest N: float(N) is exact. */
    public static final int MAX_N = 1 << 24;

    /** [..., N]. */
    public static final Tensor X = new Tensor("X", ElementType.FLOAT32, false, false);

    /** What each column is multiplied by, [N]. */
    public static final Tensor WEIGHT = new Tensor("weight", ElementType.FLOAT32, false, true);

    /** [..., N]. */
    public static final Tensor Y = new Tensor("Y", ElementType.FLOAT32, false, false);

    /** Columns of X and of Y. */
    public static final Attribute ATTRIBUTE_N = new Attribute("N", AttributeType.INT, false);

    /** What is added to the mean of squares. */
    public static final Attribute EPSILON = new Attribute("epsilon", AttributeType.FLOAT, false);

    /** Inputs in the order of the node. */
    public static final List<Tensor> INPUTS = List.of(X, WEIGHT);

    /** Outputs in the order of the node. */
    public static final List<Tensor> OUTPUTS = List.of(Y);

    /** All attributes that a node may have. */
    public static final List<Attribute> ATTRIBUTES = List.of(ATTRIBUTE_N, EPSILON);

    private CustomRmsNorm() {}
}
