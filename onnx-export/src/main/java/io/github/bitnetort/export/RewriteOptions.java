package io.github.bitnetort.export;

import io.github.bitnetort.ops.Packing;

/**
 * How to rewrite.
 *
 * @param packing of ternary weights: {@code TERNARY16} or {@code TERNARY20} (a fifth smaller); null:
 *     {@code BINARY32} where no weight of any layer is 0, else {@code TERNARY16}
 * @param functionBody whether the op is also written in standard operators, so that the model runs without the library
 * @param merge whether layers that read the same input become one node and a Split
 * @param assumeInt8Activations whether layers of ternary weights whose activations are not quantized are rewritten, too,
 *     although that changes what they compute
 */
public record RewriteOptions(Packing packing, boolean functionBody, boolean merge, boolean assumeInt8Activations) {
    /** The packing by the weights, with the body, merged, and nothing that computes something else. */
    public static final RewriteOptions DEFAULT = new RewriteOptions(null, true, true, false);

    /** @throws IllegalArgumentException for a packing that cannot hold ternary weights */
    public RewriteOptions {
        if (packing != null && !packing.isTernary()) {
            throw new IllegalArgumentException(
                    "packing: found " + packing.onnxName() + ", wanted ternary16 or ternary20");
        }
    }

    /** The same with another packing; null: by the weights. */
    public RewriteOptions withPacking(Packing other) {
        return new RewriteOptions(other, functionBody, merge, assumeInt8Activations);
    }

    /** The same with or without the op in standard operators. */
    public RewriteOptions withFunctionBody(boolean other) {
        return new RewriteOptions(packing, other, merge, assumeInt8Activations);
    }

    /** The same with layers of one input merged, or each apart. */
    public RewriteOptions withMerge(boolean other) {
        return new RewriteOptions(packing, functionBody, other, assumeInt8Activations);
    }

    /** The same with layers rewritten, or not, whose activations are not quantized. */
    public RewriteOptions withAssumeInt8Activations(boolean other) {
        return new RewriteOptions(packing, functionBody, merge, other);
    }
}
