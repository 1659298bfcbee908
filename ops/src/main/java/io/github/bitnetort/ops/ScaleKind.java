package io.github.bitnetort.ops;

/** The three shapes of the input {@code scale}. */
public enum ScaleKind {
    /** [1]: one for the whole tensor. */
    TENSOR,
    /** [N]: one for each output row. */
    ROW,
    /** [ceil(N/16), K/block_size, 16]: one for each output row and block of K, in the tiles of the weights. */
    BLOCK
}
