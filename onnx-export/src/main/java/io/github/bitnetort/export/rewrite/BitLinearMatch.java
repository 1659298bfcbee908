package io.github.bitnetort.export.rewrite;

/**
 * A BitLinear that was found in a graph.
 *
 * @param x what the op will read: the quantized value, before casts that lose nothing
 * @param module its name: that of the checkpoint's module where a constant still has it, else the node's
 */
record BitLinearMatch(
        MatrixProduct product,
        QuantizedActivation activation,
        ProductEnd end,
        TernaryWeights weights,
        Ref x,
        String module) {

    /** What a unit of each output row's weights is worth: [1] or [n]. */
    float[] scale() {
        double[] factor = end.affine().scale();
        float[] own = weights.scale();
        float[] scale = new float[Math.max(factor.length, own.length)];
        for (int i = 0; i < scale.length; i++) {
            scale[i] = (float) (factor[factor.length == 1 ? 0 : i] * own[own.length == 1 ? 0 : i]);
        }
        return scale;
    }

    /** [n], or null. */
    float[] bias() {
        double[] values = end.affine().bias();
        if (values == null) {
            return null;
        }
        float[] bias = new float[values.length];
        for (int i = 0; i < bias.length; i++) {
            bias[i] = (float) values[i];
        }
        return bias;
    }
}
