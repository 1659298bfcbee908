package io.github.bitnetort.export.model;

import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.util.List;

/**
 * What all layers share: lengths, positions counted from the attention mask (so that padding on the left takes none),
 * rotary angles, and the mask that keeps a token from padding and from its future.
 *
 * @param seq new tokens, as a list of one
 * @param total new and cached tokens, as a list of one
 * @param cos [batch, seq, 1, headDim]
 * @param sin [batch, seq, 1, headDim]
 * @param mask [batch, 1, 1, seq, total]: 0, or the lowest float where a token must not look
 */
record PositionNodes(String seq, String total, String cos, String sin, String mask) {
    private static final String PREFIX = "positions/";

    static PositionNodes add(GraphBuilder graph, String inputIds, String attentionMask, ModelConfig config) {
        String seq = length(graph, "seq", inputIds);
        String total = length(graph, "total", attentionMask);
        String past = graph.add(OnnxOperator.SUB, PREFIX + "past", List.of(total, seq));
        String positions = positions(graph, attentionMask, past, total);
        String angles = angles(graph, positions, config);
        return new PositionNodes(
                seq,
                total,
                rotary(graph, OnnxOperator.COS, "cos", angles, config),
                rotary(graph, OnnxOperator.SIN, "sin", angles, config),
                mask(graph, attentionMask, past, total));
    }

    private static String length(GraphBuilder graph, String name, String of) {
        return graph.add(
                OnnxOperator.SHAPE, PREFIX + name, List.of(of), Attributes.of("start", 1), Attributes.of("end", 2));
    }

    /** [batch, seq]: how many real tokens come before each new one. */
    private static String positions(GraphBuilder graph, String attentionMask, String past, String total) {
        String tokens = graph.add(
                OnnxOperator.CLIP, PREFIX + "tokens", List.of(attentionMask, graph.scalar(0L), graph.scalar(1L)));
        String count = graph.add(OnnxOperator.CUM_SUM, PREFIX + "count", List.of(tokens, graph.scalar(1L)));
        String before = graph.add(OnnxOperator.SUB, PREFIX + "before", List.of(count, graph.scalar(1L)));
        String all = graph.add(OnnxOperator.CLIP, PREFIX + "all", List.of(before, graph.scalar(0L)));
        return graph.add(OnnxOperator.SLICE, PREFIX + "ids", List.of(all, past, total, graph.list(1)));
    }

    /** [batch, seq, headDim / 2]. */
    private static String angles(GraphBuilder graph, String positions, ModelConfig config) {
        float[] frequencies = config.rope().inverseFrequencies(config.headDim());
        String frequency = graph.initializer(Initializer.streamed(
                PREFIX + "inv_freq",
                DataType.FLOAT,
                new long[] {frequencies.length},
                Tensors.data(frequencies),
                Initializer.PAGE));
        String floats =
                graph.add(OnnxOperator.CAST, PREFIX + "float", List.of(positions), Attributes.to(DataType.FLOAT));
        String columns = graph.add(OnnxOperator.UNSQUEEZE, PREFIX + "columns", List.of(floats, graph.list(2)));
        return graph.add(OnnxOperator.MUL, PREFIX + "angles", List.of(columns, frequency));
    }

    private static String rotary(
            GraphBuilder graph, OnnxOperator function, String name, String angles, ModelConfig config) {
        String half = graph.add(function, PREFIX + name + "_half", List.of(angles));
        float factor = config.rope().attentionFactor();
        if (factor != 1) {
            half = graph.add(OnnxOperator.MUL, PREFIX + name + "_scaled", List.of(half, graph.scalar(factor)));
        }
        String whole = graph.add(
                OnnxOperator.CONCAT, PREFIX + name + "_whole", List.of(half, half), Attributes.of("axis", -1));
        return graph.add(OnnxOperator.UNSQUEEZE, PREFIX + name, List.of(whole, graph.list(2)));
    }

    /** The lowest float, not an infinity: a row that may look nowhere (padding) must not become NaN. */
    private static String mask(GraphBuilder graph, String attentionMask, String past, String total) {
        String first = scalar(graph, "first", past);
        String end = scalar(graph, "end", total);
        String columns =
                graph.add(OnnxOperator.RANGE, PREFIX + "key_index", List.of(graph.scalar(0L), end, graph.scalar(1L)));
        String queries = graph.add(OnnxOperator.RANGE, PREFIX + "query_index", List.of(first, end, graph.scalar(1L)));
        String rows = graph.add(OnnxOperator.UNSQUEEZE, PREFIX + "query_column", List.of(queries, graph.list(1)));
        String causal = graph.add(OnnxOperator.LESS_OR_EQUAL, PREFIX + "causal", List.of(columns, rows));
        String real =
                graph.add(OnnxOperator.CAST, PREFIX + "real", List.of(attentionMask), Attributes.to(DataType.BOOL));
        String realKeys = graph.add(OnnxOperator.UNSQUEEZE, PREFIX + "real_keys", List.of(real, graph.list(1, 2, 3)));
        String visible = graph.add(OnnxOperator.AND, PREFIX + "visible", List.of(realKeys, causal));
        return graph.add(
                OnnxOperator.WHERE,
                PREFIX + "mask",
                List.of(visible, graph.scalar(0f), graph.scalar(-Float.MAX_VALUE)));
    }

    private static String scalar(GraphBuilder graph, String name, String list) {
        return graph.add(OnnxOperator.GATHER, PREFIX + name, List.of(list, graph.scalar(0L)));
    }
}
