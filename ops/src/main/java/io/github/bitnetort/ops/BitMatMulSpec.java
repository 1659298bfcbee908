package io.github.bitnetort.ops;

import static io.github.bitnetort.ops.CustomBitMatMul.TILE_ROWS;

import java.util.List;

/**
 * The attributes of one CustomBitMatMul, checked.
 *
 * @param n output rows, &gt; 0
 * @param k columns, 1..{@link CustomBitMatMul#MAX_K}
 * @param blockSize 0: one activation scale a row of X and one weight scale a tensor or output row; otherwise both per
 *     block of this many columns
 */
public record BitMatMulSpec(int n, int k, Packing packing, Activation activation, int blockSize) {
    /** The values of the attribute {@code block_size}. */
    public static final List<Integer> BLOCK_SIZES = List.of(0, 32, 64, 128, 256);

    /** @throws IllegalArgumentException naming the attribute, the value found and the value wanted */
    public BitMatMulSpec {
        new PackedLayout(n, k, packing);
        Checks.present("activation", activation);
        Checks.oneOf("block_size", blockSize, BLOCK_SIZES);
        if (blockSize > 0) {
            if (k % blockSize != 0) {
                throw new IllegalArgumentException("K: found " + k + ", wanted a multiple of block_size " + blockSize);
            }
            if (packing == Packing.TERNARY20) {
                throw new IllegalArgumentException(
                        "packing: found ternary20 with block_size " + blockSize + ", wanted binary32 or ternary16");
            }
            if (activation == Activation.SIGN) {
                throw new IllegalArgumentException(
                        "block_size: found " + blockSize + " with activation sign, wanted 0");
            }
        }
    }

    /** Where the weights are. */
    public PackedLayout layout() {
        return new PackedLayout(n, k, packing);
    }

    /** Whether activations and weights have scales per block of K. */
    public boolean isBlocked() {
        return blockSize > 0;
    }

    /** Columns that share an activation scale: block_size, or all K. */
    public int blockColumns() {
        return isBlocked() ? blockSize : k;
    }

    /** Activation scales a row of X: K / block_size, or 1. */
    public int blocks() {
        return k / blockColumns();
    }

    /**
     * The shape of the input {@code scale}.
     *
     * @throws IllegalArgumentException for {@code BLOCK} without a block size and for the others with one
     */
    public long[] scaleShape(ScaleKind kind) {
        if ((kind == ScaleKind.BLOCK) != isBlocked()) {
            throw new IllegalArgumentException("scale: found " + kind + " with block_size " + blockSize);
        }
        return switch (kind) {
            case TENSOR -> new long[] {1};
            case ROW -> new long[] {n};
            case BLOCK -> new long[] {layout().rowTiles(), blocks(), TILE_ROWS};
        };
    }

    /**
     * Which shape a scale of so many elements has; one element is {@code TENSOR}, also where N is 1.
     *
     * @throws IllegalArgumentException for a length that fits none
     */
    public ScaleKind scaleKind(int length) {
        if (isBlocked()) {
            Checks.length("scale", length, (long) layout().rowTiles() * blocks() * TILE_ROWS);
            return ScaleKind.BLOCK;
        }
        if (length == 1) {
            return ScaleKind.TENSOR;
        }
        if (length != n) {
            throw new IllegalArgumentException("scale: found length " + length + ", wanted 1 or " + n);
        }
        return ScaleKind.ROW;
    }

    /** Index in {@code scale} of what a unit of weight is worth in an output row and a block of K. */
    public int scaleIndex(ScaleKind kind, int row, int block) {
        return switch (kind) {
            case TENSOR -> 0;
            case ROW -> row;
            case BLOCK -> (row / TILE_ROWS * blocks() + block) * TILE_ROWS + row % TILE_ROWS;
        };
    }
}
