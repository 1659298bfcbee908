package io.github.bitnetort.ops.vector;

import static io.github.bitnetort.ops.CustomBitMatMul.TILE_ROWS;

import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMul;
import io.github.bitnetort.ops.BitMatMulProblem;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.ScaleKind;
import java.util.Arrays;

/** CustomBitMatMul on the Vector API: the 16 output rows of a tile side by side in 4, 2 or 1 vectors of int32. */
public final class VectorBitMatMul implements BitMatMul {
    /** Rows of X that share one pass over the weights. */
    private static final int BATCH_ROWS = 16;

    private final int bits;
    private final TileKernel kernel;

    /** @throws IllegalArgumentException unless {@code bits} is 128, 256 or 512 */
    public VectorBitMatMul(int bits) {
        this.bits = bits;
        this.kernel = WidthKernels.ofBits(bits);
    }

    /** Of the machine's own vector width. */
    public VectorBitMatMul() {
        this(preferredBits());
    }

    /** The width in bits that the machine is best at, at most 512. */
    public static int preferredBits() {
        return WidthKernels.preferredBits();
    }

    @Override
    public String name() {
        return "vector-" + bits;
    }

    @Override
    public void compute(BitMatMulProblem problem, float[] x, int m, float[] y) {
        problem.checkBuffers(x, m, y);
        Pass pass = new Pass(problem, Math.min(m, BATCH_ROWS), y);
        for (int first = 0; first < m; first += BATCH_ROWS) {
            pass.run(x, first, Math.min(m - first, BATCH_ROWS));
        }
    }

    /** One call's buffers, and a batch of rows at a time. */
    private final class Pass {
        private final BitMatMulProblem problem;
        private final BitMatMulSpec spec;
        private final ScaleKind scaleKind;
        private final QuantizedRows rows;
        private final int[] words;
        private final int[] sums = new int[TILE_ROWS];
        private final float[] results = new float[TILE_ROWS];
        private final float[] y;

        Pass(BitMatMulProblem problem, int capacity, float[] y) {
            this.problem = problem;
            this.spec = problem.spec();
            this.scaleKind = problem.scaleKind();
            this.rows = new QuantizedRows(spec, capacity);
            this.words = new int[spec.layout().wordsPerTile()];
            this.y = y;
        }

        void run(float[] x, int first, int count) {
            for (int row = 0; row < count; row++) {
                rows.set(row, x, (first + row) * spec.k());
                if (!rows.isFinite(row)) {
                    Arrays.fill(y, (first + row) * spec.n(), (first + row + 1) * spec.n(), Float.NaN);
                }
            }
            int tiles = (spec.n() - 1) / TILE_ROWS + 1;
            for (int tile = 0; tile < tiles; tile++) {
                problem.weights().copyTile(tile, words);
                for (int row = 0; row < count; row++) {
                    if (rows.isFinite(row)) {
                        tile(tile, row, (first + row) * spec.n() + tile * TILE_ROWS);
                    }
                }
            }
        }

        private void tile(int tile, int row, int yOffset) {
            int count = Math.min(TILE_ROWS, spec.n() - tile * TILE_ROWS);
            int wordsPerBlock = words.length / TILE_ROWS / spec.blocks();
            for (int block = 0; block < spec.blocks(); block++) {
                kernel.sumCodes(
                        spec.packing(),
                        words,
                        block * wordsPerBlock,
                        (block + 1) * wordsPerBlock,
                        rows.q(),
                        rows.offset(row),
                        sums);
                scale(tile * TILE_ROWS, count, row, block);
            }
            for (int r = 0; r < count; r++) {
                float result = results[r];
                if (problem.bias() != null) {
                    result = result + problem.bias()[tile * TILE_ROWS + r];
                }
                y[yOffset + r] = Float.isNaN(result) ? Float.NaN : result;
            }
        }

        /** The epilogue of one block, in the contract's order. */
        private void scale(int firstRow, int count, int row, int block) {
            int sumQ = rows.sumQ(row, block);
            boolean ternary = spec.packing().isTernary();
            float inverse = 1f / rows.s(row, block);
            for (int r = 0; r < count; r++) {
                int acc = (ternary ? sums[r] : 2 * sums[r]) - sumQ;
                float scaled = (float) acc * problem.scale()[spec.scaleIndex(scaleKind, firstRow + r, block)];
                if (spec.activation() == Activation.INT8) {
                    scaled = scaled * inverse;
                }
                results[r] = block == 0 && !spec.isBlocked() ? scaled : (block == 0 ? 0f : results[r]) + scaled;
            }
        }
    }
}
