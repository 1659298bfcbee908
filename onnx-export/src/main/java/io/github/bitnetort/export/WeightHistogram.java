package io.github.bitnetort.export;

import io.github.bitnetort.ops.PackedWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * How a layer's weights are distributed.
 *
 * @param module the layer
 * @param counts of all its weights
 * @param rowSparsity the smallest, the median and the largest share of zeros in an output row
 * @param emptyRows output rows of zeros alone: dead neurons
 * @param scale the smallest and the largest scale
 */
public record WeightHistogram(String module, WeightCounts counts, Quantiles rowSparsity, int emptyRows, Range scale) {
    /** Of the rows of a layer, each 0..1. */
    public record Quantiles(double least, double median, double most) {}

    /** What one unit of weight is worth. */
    public record Range(float least, float most) {}

    /**
     * Of every layer of a model, in the graph's order.
     *
     * @param modelOrFolder a model file, or the folder of an export
     * @throws ExportException for what is not a model, and for nodes that break the op's contract
     */
    public static List<WeightHistogram> of(Path modelOrFolder) throws IOException {
        return ModelInspector.bitMatMuls(modelOrFolder).stream()
                .flatMap(node -> node.parts().stream().map(part -> of(node, part)))
                .toList();
    }

    private static WeightHistogram of(ExportedBitMatMul node, ExportedBitMatMul.Part part) {
        PackedWeights weights = node.weights();
        double[] sparsity = new double[part.rows()];
        int empty = 0;
        for (int row = 0; row < sparsity.length; row++) {
            WeightCounts counts = WeightCounts.of(weights, part.firstRow() + row, 1);
            sparsity[row] = counts.sparsity();
            empty += counts.zero() == counts.total() ? 1 : 0;
        }
        Arrays.sort(sparsity);
        return new WeightHistogram(
                part.module(),
                WeightCounts.of(weights, part.firstRow(), part.rows()),
                new Quantiles(sparsity[0], sparsity[sparsity.length / 2], sparsity[sparsity.length - 1]),
                empty,
                scale(node, part));
    }

    private static Range scale(ExportedBitMatMul node, ExportedBitMatMul.Part part) {
        float[] scale = node.scale();
        if (scale.length == node.spec().n()) {
            scale = Arrays.copyOfRange(scale, part.firstRow(), part.firstRow() + part.rows());
        }
        Arrays.sort(scale);
        return new Range(scale[0], scale[scale.length - 1]);
    }
}
