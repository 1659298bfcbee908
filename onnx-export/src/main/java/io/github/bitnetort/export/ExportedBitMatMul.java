package io.github.bitnetort.export;

import io.github.bitnetort.ops.BitMatMulProblem;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.PackedWeights;
import java.util.List;

/**
 * A CustomBitMatMul node of a model, with its constants, so that it can be computed outside of any runtime.
 *
 * @param node its name
 * @param x the value that it reads
 * @param weights where they lie in the file, mapped
 * @param bias [N], or null
 * @param parts the checkpoint's modules that the output rows belong to, in order: several where they were merged
 */
public record ExportedBitMatMul(
        String node,
        String x,
        BitMatMulSpec spec,
        PackedWeights weights,
        float[] scale,
        float[] bias,
        List<Part> parts) {
    /**
     * Output rows of one module.
     *
     * @param module such as {@code model.layers.0.self_attn.q_proj}
     * @param y the value that holds its output: one of the graph's, or where the graph keeps merged modules in one
     *     piece one that {@link ModelProbe} adds
     */
    public record Part(String module, String y, int firstRow, int rows) {}

    /** Copies the list of parts. */
    public ExportedBitMatMul {
        parts = List.copyOf(parts);
    }

    /**
     * The node as a problem for the implementations in {@code ops}.
     *
     * @throws IllegalArgumentException where weights, scale or bias hold what the contract forbids
     */
    public BitMatMulProblem problem() {
        return new BitMatMulProblem(spec, weights, scale, bias);
    }
}
