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
 * @param scale what a unit of weight is worth: [1], [n], or with a block size [n, k / blockSize]
 * @param bias [n], or null
 * @param norm weights [k] of the norm of its own that its input passes first, or null
 */
public record BitLinear(
        String module, int n, int k, RowSource rows, int blockSize, float[] scale, float[] bias, float[] norm) {
    /** The scale of an output row and a block of columns. */
    public float scaleOf(int row, int block) {
        int blocks = blockSize == 0 ? 1 : k / blockSize;
        return scale.length == 1 ? scale[0] : scale[row * blocks + block];
    }
}
