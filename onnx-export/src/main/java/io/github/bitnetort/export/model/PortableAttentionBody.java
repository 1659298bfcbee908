package io.github.bitnetort.export.model;

import static io.github.bitnetort.export.graph.OnnxOperator.ADD;
import static io.github.bitnetort.export.graph.OnnxOperator.CONCAT;
import static io.github.bitnetort.export.graph.OnnxOperator.DIV;
import static io.github.bitnetort.export.graph.OnnxOperator.MAT_MUL;
import static io.github.bitnetort.export.graph.OnnxOperator.MUL;
import static io.github.bitnetort.export.graph.OnnxOperator.RESHAPE;
import static io.github.bitnetort.export.graph.OnnxOperator.SHAPE;
import static io.github.bitnetort.export.graph.OnnxOperator.SLICE;
import static io.github.bitnetort.export.graph.OnnxOperator.SOFTMAX;
import static io.github.bitnetort.export.graph.OnnxOperator.SPLIT;
import static io.github.bitnetort.export.graph.OnnxOperator.SUB;
import static io.github.bitnetort.export.graph.OnnxOperator.TRANSPOSE;
import static io.github.bitnetort.export.graph.OnnxOperator.WHERE;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.FunctionBuilder;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.CustomGroupQueryAttention;
import java.util.List;

/**
 * CustomGroupQueryAttention as a model-local function of standard operators. Sums have no fixed order there, so the last
 * bits of Y may differ. Query heads of a group are laid along the tokens, so keys and values serve a whole group without
 * being repeated.
 */
public final class PortableAttentionBody {
    /** The version of ONNX's operator set that the body needs. */
    public static final long ONNX_OPSET = PortableBody.ONNX_OPSET;

    private final boolean joined;
    private final FunctionBuilder body;
    private final BodyValues values;
    private final String heads;
    private final String kvHeads;
    private final String headDim;
    private final String group;
    private final String queryWidth;
    private final String batch;
    private final String tokens;
    private final String total = CustomGroupQueryAttention.TOTAL.name();
    private final AttentionBodyColumns columns;

    private PortableAttentionBody(boolean joined) {
        this.joined = joined;
        body = new FunctionBuilder(OnnxOperator.CUSTOM_GROUP_QUERY_ATTENTION, ONNX_OPSET, inputs(joined));
        values = new BodyValues(body, ONNX_OPSET);
        heads = values.attribute(CustomGroupQueryAttention.NUM_HEADS.name());
        kvHeads = values.attribute(CustomGroupQueryAttention.KV_NUM_HEADS.name());
        headDim = values.attribute(CustomGroupQueryAttention.HEAD_DIM.name());
        group = body.add(DIV, "group", List.of(heads, kvHeads));
        queryWidth = body.add(MUL, "query_width", List.of(heads, headDim));
        batch = shape("batch", CustomGroupQueryAttention.PADDING.name(), 0);
        tokens = shape("tokens", CustomGroupQueryAttention.QUERY.name(), 1);
        columns = new AttentionBodyColumns(body, values, tokens);
    }

    /** Those that nodes of the form have: ONNX's reference evaluator wants a function to have as many as the node. */
    private static List<String> inputs(boolean joined) {
        return CustomGroupQueryAttention.INPUTS.stream()
                .filter(input -> !joined || !input.optional())
                .map(CustomBitMatMul.Tensor::name)
                .toList();
    }

    /**
     * The function for nodes of one form.
     *
     * @param joined whether they read queries, keys and values side by side, or each apart
     */
    public static FunctionProto build(boolean joined) {
        return new PortableAttentionBody(joined).function();
    }

    private FunctionProto function() {
        body.doc("The operator in standard operators, for nodes "
                + (joined ? "without key and value." : "with key and value."));
        List<String> projections = joined
                ? projections()
                : List.of(
                        CustomGroupQueryAttention.QUERY.name(),
                        CustomGroupQueryAttention.KEY.name(),
                        CustomGroupQueryAttention.VALUE.name());
        String query = rotated("query", byHead("query", projections.get(0), heads));
        String key = rotated("key", byHead("key", projections.get(1), kvHeads));
        String value = byHead("value", projections.get(2), kvHeads);
        String keys = appended("key", key, CustomGroupQueryAttention.PAST_KEY, CustomGroupQueryAttention.PRESENT_KEY);
        String cached =
                appended("value", value, CustomGroupQueryAttention.PAST_VALUE, CustomGroupQueryAttention.PRESENT_VALUE);
        String weights = weights(grouped(query), keys);
        String y = joinedHeads(body.add(MAT_MUL, "context", List.of(weights, cached)));
        return body.build(List.of(
                y, CustomGroupQueryAttention.PRESENT_KEY.name(), CustomGroupQueryAttention.PRESENT_VALUE.name()));
    }

    /** Queries, keys and values apart, [B, S, heads · D] each. */
    private List<String> projections() {
        String kvWidth = body.add(MUL, "kv_width", List.of(kvHeads, headDim));
        String widths = concat("widths", queryWidth, kvWidth, kvWidth);
        return body.add(
                SPLIT,
                "projections",
                List.of(CustomGroupQueryAttention.QUERY.name(), widths),
                List.of("queries", "keys", "values"),
                Attributes.of("axis", -1));
    }

    /** [B, S, heads · D] to [B, S, heads, D]. */
    private String byHead(String name, String x, String count) {
        return reshape(name + "_by_head", x, batch, tokens, count, headDim);
    }

    /** The contract's rotation, [B, S, heads, D]; the first half of a head pairs with the second. */
    private String rotated(String name, String x) {
        List<String> halves = body.add(
                SPLIT,
                name + "_halves",
                List.of(x),
                List.of(name + "_first", name + "_second"),
                Attributes.of("axis", -1),
                Attributes.of("num_outputs", 2));
        String first = part(name + "_turned_first", SUB, halves.get(0), halves.get(1));
        String second = part(name + "_turned_second", ADD, halves.get(1), halves.get(0));
        return body.add(CONCAT, name + "_turned", List.of(first, second), Attributes.of("axis", -1));
    }

    private String part(String name, OnnxOperator operator, String byCos, String bySin) {
        String straight = body.add(MUL, name + "_by_cos", List.of(byCos, columns.cos()));
        String across = body.add(MUL, name + "_by_sin", List.of(bySin, columns.sin()));
        return body.add(operator, name, List.of(straight, across));
    }

    /** Writes the cache that comes out; of that the columns that are in use, [B, G, total, D]. */
    private String appended(String name, String x, CustomBitMatMul.Tensor past, CustomBitMatMul.Tensor present) {
        String padded = body.add(WHERE, name + "_padded", List.of(columns.real(), x, values.scalar(0f)));
        String added = transpose(name + "_new", padded, 0, 2, 1, 3);
        String axis = values.list(2);
        String before = body.add(SLICE, name + "_before", List.of(past.name(), values.list(0), columns.start(), axis));
        String behind =
                body.add(SLICE, name + "_behind", List.of(past.name(), total, values.list(Long.MAX_VALUE), axis));
        body.add(CONCAT, present.name(), List.of(before, added, behind), Attributes.of("axis", 2));
        return body.add(SLICE, name + "_used", List.of(present.name(), values.list(0), total, axis));
    }

    /** Scaled queries, [B, S, H, D] to [B, G, H / G · S, D]. */
    private String grouped(String query) {
        String scale = body.floatAttribute("scale_value", CustomGroupQueryAttention.SCALE.name());
        String scaled = body.add(MUL, "query_scaled", List.of(query, scale));
        String groups = reshape("query_groups", scaled, batch, tokens, kvHeads, group, headDim);
        String turned = transpose("query_groups_by_head", groups, 0, 2, 3, 1, 4);
        return reshape("query_rows", turned, batch, kvHeads, groupTokens(), headDim);
    }

    /** Softmax of the scores of columns that a token sees, [B, G, H / G · S, total]. */
    private String weights(String query, String keys) {
        String scores = body.add(MAT_MUL, "scores", List.of(query, transpose("key_columns", keys, 0, 1, 3, 2)));
        String byToken = reshape("scores_by_token", scores, batch, kvHeads, group, tokens, total);
        String lowest = values.scalar(-Float.MAX_VALUE);
        String seen = body.add(WHERE, "scores_seen", List.of(columns.visible(), byToken, lowest));
        String softmax = body.add(SOFTMAX, "weights_by_token", List.of(seen), Attributes.of("axis", -1));
        return reshape("weights", softmax, batch, kvHeads, groupTokens(), total);
    }

    /** [B, G, H / G · S, D] to [B, S, H D], with zeros for padding. */
    private String joinedHeads(String context) {
        String groups = reshape("context_groups", context, batch, kvHeads, group, tokens, headDim);
        String byToken = transpose("context_by_token", groups, 0, 3, 1, 2, 4);
        String heads = reshape("context_heads", byToken, batch, tokens, this.heads, headDim);
        String padded = body.add(WHERE, "context_padded", List.of(columns.real(), heads, values.scalar(0f)));
        return reshape(CustomGroupQueryAttention.Y.name(), padded, batch, tokens, queryWidth);
    }

    private String groupTokens() {
        return values.once("group_tokens", key -> body.add(MUL, key, List.of(group, tokens)));
    }

    private String transpose(String name, String x, long... axes) {
        return body.add(TRANSPOSE, name, List.of(x), Attributes.of("perm", axes));
    }

    /** Dimensions of 0 are meant: there may be no sequences, or no new tokens. */
    private String reshape(String name, String x, String... dims) {
        return body.add(RESHAPE, name, List.of(x, concat(name + "_shape", dims)), Attributes.of("allowzero", 1));
    }

    private String concat(String name, String... parts) {
        return body.add(CONCAT, name, List.of(parts), Attributes.of("axis", 0));
    }

    private String shape(String name, String of, int axis) {
        return body.add(SHAPE, name, List.of(of), Attributes.of("start", axis), Attributes.of("end", axis + 1));
    }
}
