package io.github.bitnetort.export.checkpoint;

import io.github.bitnetort.ops.RowSource;
import java.util.function.Supplier;

/**
 * One quantized linear layer, free of the conventions of its checkpoint: y = (x · weights) · scale + bias.
 *
 * @param module its full name, such as {@code model.layers.0.self_attn.q_proj}
 * @param n output width
 * @param k input width
 * @param rows weights −1, 0, +1, read from the file as they are asked for
 * @param blockSize 0, or how many columns share a scale
 * @param scales gives what a unit of weight is worth: [1], [n], or with a block size [n, k / blockSize], where there may
 *     be so many that they are read anew each time
 * @param bias [n], or null
 * @param norm weights [k] of the norm of its own that its input passes first, or null
 */
public record BitLinear(
        String module,
        int n,
        int k,
        RowSource rows,
        int blockSize,
        Supplier<float[]> scales,
        float[] bias,
        float[] norm) {
    /** What {@link #scales} gives. */
    public float[] scale() {
        return scales.get();
    }
}
