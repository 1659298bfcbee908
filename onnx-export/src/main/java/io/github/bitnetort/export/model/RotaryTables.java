package io.github.bitnetort.export.model;

import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.util.function.DoubleUnaryOperator;

/**
 * The constants that operators of attention rotate with, one pair for all layers.
 *
 * @param cos [positions, headDim / 2]
 * @param sin [positions, headDim / 2]
 */
record RotaryTables(String cos, String sin) {
    static RotaryTables add(GraphBuilder graph, String prefix, ModelConfig config) {
        return new RotaryTables(
                table(graph, prefix + "cos", config, RotaryTableData.COS),
                table(graph, prefix + "sin", config, RotaryTableData.SIN));
    }

    private static String table(GraphBuilder graph, String name, ModelConfig config, DoubleUnaryOperator function) {
        float[] frequencies = config.rope().inverseFrequencies(config.headDim());
        int positions = config.maxPositions();
        return graph.initializer(Initializer.streamed(
                name,
                DataType.FLOAT,
                new long[] {positions, frequencies.length},
                new RotaryTableData(positions, frequencies, config.rope().attentionFactor(), function),
                Initializer.PAGE));
    }
}
