package io.github.bitnetort.export.checkpoint;

import io.github.bitnetort.ops.RowSource;

/**
 * One quantized linear layer, free of the conventions of its checkpoint: y = (x · weights) · scale + bias.
 *
 * @param module its full name, such as {@code model.layers.0.self_attn.q_proj}
 * @param n output width
 * @param k input width
 * @param rows weights −1, 0, +1, read from the file as they are asked for
 * @param blockSize 0, or how many columns share a scale
 * @param scale what a unit of weight is worth: [1] or [n]; null with a block size
 * @param blockScales the same with a block size, else null
 * @param bias [n], or null
 * @param norm weights [k] of the norm of its own that its input passes first, or null
 */
public record BitLinear(
        String module,
        int n,
        int k,
        RowSource rows,
        int blockSize,
        float[] scale,
        BlockScaleRows blockScales,
        float[] bias,
        float[] norm) {
    /** Scales of blocks: so many that they are read from the file as they are asked for. */
    @FunctionalInterface
    public interface BlockScaleRows {
        /** Scales [count, k / blockSize] of the rows from {@code first} on. */
        float[] of(int first, int count);
    }
}
