package io.github.bitnetort.export.model;

import io.github.bitnetort.export.graph.FunctionBuilder;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.ops.CustomGroupQueryAttention;
import java.util.List;

/** The part of attention's portable body that knows columns of the cache: positions, their angles, and who sees whom. */
final class AttentionBodyColumns {
    private final FunctionBuilder body;
    private final BodyValues values;
    private final String start;
    private final String cos;
    private final String sin;
    private final String real;
    private final String visible;

    /** @param tokens how many are new, as a list of one */
    AttentionBodyColumns(FunctionBuilder body, BodyValues values, String tokens) {
        this.body = body;
        this.values = values;
        String total = CustomGroupQueryAttention.TOTAL.name();
        start = body.add(OnnxOperator.SUB, "start", List.of(total, tokens));
        String end = scalar("end", total);
        String added = range("new_columns", scalar("first", start), end);
        String all = range("columns", values.integer(0), end);
        String padding = body.add(
                OnnxOperator.UNSQUEEZE,
                "padding_column",
                List.of(CustomGroupQueryAttention.PADDING.name(), values.list(1)));
        String relative = body.add(OnnxOperator.SUB, "relative", List.of(added, padding));
        String positions = body.add(OnnxOperator.CLIP, "positions", List.of(relative, values.integer(0)));
        cos = rotary("cos_of_tokens", CustomGroupQueryAttention.COS.name(), positions);
        sin = rotary("sin_of_tokens", CustomGroupQueryAttention.SIN.name(), positions);
        String holdsToken = body.add(OnnxOperator.LESS_OR_EQUAL, "holds_token", List.of(values.integer(0), relative));
        real = body.add(OnnxOperator.UNSQUEEZE, "real", List.of(holdsToken, values.list(2, 3)));
        visible = visible(padding, added, all);
    }

    /** The first new column, [1]. */
    String start() {
        return start;
    }

    /** Cosines of the new tokens' angles, [B, S, 1, D / 2]. */
    String cos() {
        return cos;
    }

    /** Sines of the same. */
    String sin() {
        return sin;
    }

    /** Which new columns hold a token, [B, S, 1, 1]. */
    String real() {
        return real;
    }

    /** Which columns a new token sees, [B, 1, 1, S, total]. */
    String visible() {
        return visible;
    }

    private String visible(String padding, String added, String all) {
        String tokens = body.add(OnnxOperator.LESS_OR_EQUAL, "token_columns", List.of(padding, all));
        String ofRow = body.add(OnnxOperator.UNSQUEEZE, "columns_of_row", List.of(tokens, values.list(1, 2, 3)));
        String addedColumn = body.add(OnnxOperator.UNSQUEEZE, "new_columns_column", List.of(added, values.list(1)));
        String causal = body.add(OnnxOperator.LESS_OR_EQUAL, "causal", List.of(all, addedColumn));
        return body.add(OnnxOperator.AND, "visible", List.of(ofRow, causal));
    }

    private String rotary(String name, String table, String positions) {
        String rows = body.add(OnnxOperator.GATHER, name + "_rows", List.of(table, positions));
        return body.add(OnnxOperator.UNSQUEEZE, name, List.of(rows, values.list(2)));
    }

    private String range(String name, String from, String to) {
        return body.add(OnnxOperator.RANGE, name, List.of(from, to, values.integer(1)));
    }

    private String scalar(String name, String list) {
        return body.add(OnnxOperator.SQUEEZE, name, List.of(list, values.list(0)));
    }
}
