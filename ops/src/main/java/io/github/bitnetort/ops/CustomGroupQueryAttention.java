package io.github.bitnetort.ops;

import io.github.bitnetort.ops.CustomBitMatMul.Attribute;
import io.github.bitnetort.ops.CustomBitMatMul.AttributeType;
import io.github.bitnetort.ops.CustomBitMatMul.ElementType;
import io.github.bitnetort.ops.CustomBitMatMul.Tensor;
import java.util.List;

/**
 * The name and schema of the op for attention, in the domain of {@link CustomBitMatMul}. B sequences of S new tokens, H
 * heads of width D, G of keys and values, a cache of P columns, tables of R positions.
 */
public final class CustomGroupQueryAttention {
    /** The domain of all ops of ours. */
    public static final String DOMAIN = CustomBitMatMul.DOMAIN;

    /** The op's name in it. */
    public static final String OP_TYPE = "CustomGroupQueryAttention";

    /** The version of the domain's operator set. */
    public static final int OPSET_VERSION = 1;

    /** What a head's width is a multiple of, and partial sums of a row's weights. */
    public static final int LANES = 16;

    /** Largest width of a head. */
    public static final int MAX_HEAD_DIM = 512;

    /** Most heads of queries. */
    public static final int MAX_HEADS = 1 << 16;

    /** [B, S, (H + 2 G) D] with keys and values, or [B, S, H D]. */
    public static final Tensor QUERY = new Tensor("query", ElementType.FLOAT32, false, false);

    /** [B, S, G D]. */
    public static final Tensor KEY = new Tensor("key", ElementType.FLOAT32, true, false);

    /** [B, S, G D]. */
    public static final Tensor VALUE = new Tensor("value", ElementType.FLOAT32, true, false);

    /** [B, G, P, D]. */
    public static final Tensor PAST_KEY = new Tensor("past_key", ElementType.FLOAT32, false, false);

    /** [B, G, P, D]. */
    public static final Tensor PAST_VALUE = new Tensor("past_value", ElementType.FLOAT32, false, false);

    /** Columns of each sequence, cached and new, [1]. */
    public static final Tensor TOTAL = new Tensor("total", ElementType.INT64, false, false);

    /** How many of each sequence's first columns hold no token, [B]. */
    public static final Tensor PADDING = new Tensor("padding", ElementType.INT64, false, false);

    /** [R, D / 2]. */
    public static final Tensor COS = new Tensor("cos", ElementType.FLOAT32, false, true);

    /** [R, D / 2]. */
    public static final Tensor SIN = new Tensor("sin", ElementType.FLOAT32, false, true);

    /** [B, S, H D]. */
    public static final Tensor Y = new Tensor("Y", ElementType.FLOAT32, false, false);

    /** [B, G, max(P, total), D]. */
    public static final Tensor PRESENT_KEY = new Tensor("present_key", ElementType.FLOAT32, false, false);

    /** [B, G, max(P, total), D]. */
    public static final Tensor PRESENT_VALUE = new Tensor("present_value", ElementType.FLOAT32, false, false);

    /** H, a multiple of G. */
    public static final Attribute NUM_HEADS = new Attribute("num_heads", AttributeType.INT, false);

    /** G. */
    public static final Attribute KV_NUM_HEADS = new Attribute("kv_num_heads", AttributeType.INT, false);

    /** D, a multiple of {@link #LANES}. */
    public static final Attribute HEAD_DIM = new Attribute("head_dim", AttributeType.INT, false);

    /** What queries are multiplied by. */
    public static final Attribute SCALE = new Attribute("scale", AttributeType.FLOAT, false);

    /** Inputs in the order of the node. */
    public static final List<Tensor> INPUTS =
            List.of(QUERY, PAST_KEY, PAST_VALUE, TOTAL, PADDING, COS, SIN, KEY, VALUE);

    /** Outputs in the order of the node. */
    public static final List<Tensor> OUTPUTS = List.of(Y, PRESENT_KEY, PRESENT_VALUE);

    /** All attributes that a node may have. */
    public static final List<Attribute> ATTRIBUTES = List.of(NUM_HEADS, KV_NUM_HEADS, HEAD_DIM, SCALE);

    private CustomGroupQueryAttention() {}
}
