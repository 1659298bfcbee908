package io.github.bitnetort.ops;

import static io.github.bitnetort.ops.CustomBitMatMul.TILE_ROWS;

/**
 * One CustomBitMatMul with its constants, checked once. The arrays are the caller's and are not copied.
 *
 * @param scale [1], [N], or [ceil(N/16), K/block_size, 16]; finite
 * @param bias [N], finite; null for none
 */
public record BitMatMulProblem(BitMatMulSpec spec, PackedWeights weights, float[] scale, float[] bias) {
    /** @throws IllegalArgumentException naming the input, what was found and what was wanted */
    public BitMatMulProblem {
        if (!weights.layout().equals(spec.layout())) {
            throw new IllegalArgumentException("W: found " + weights.layout() + ", wanted " + spec.layout());
        }
        weights.validate();
        ScaleKind kind = spec.scaleKind(scale.length);
        for (int i = 0; i < scale.length; i++) {
            // Padding rows of a blocked scale are never read.
            if (kind != ScaleKind.BLOCK || i / TILE_ROWS / spec.blocks() * TILE_ROWS + i % TILE_ROWS < spec.n()) {
                Checks.finite("scale", i, scale[i]);
            }
        }
        if (bias != null) {
            Checks.length("bias", bias.length, spec.n());
            for (int n = 0; n < bias.length; n++) {
                Checks.finite("bias", n, bias[n]);
            }
        }
    }

    /** What a unit of weight is worth in output row n and block {@code block} of K (0 without blocks). */
    public float scale(int n, int block) {
        return scale[spec.scaleIndex(scaleKind(), n, block)];
    }

    /** The shape that the scale has. */
    public ScaleKind scaleKind() {
        return spec.scaleKind(scale.length);
    }

    /** Refuses buffers that are shorter than M rows of X and of Y. */
    public void checkBuffers(float[] x, int m, float[] y) {
        Checks.range("M", m, 0, Integer.MAX_VALUE);
        Checks.atLeast("X", x.length, (long) m * spec.k());
        Checks.atLeast("Y", y.length, (long) m * spec.n());
    }
}
