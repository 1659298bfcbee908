package io.github.bitnetort.export.checkpoint.gguf;

import io.github.bitnetort.export.ExportException;
import java.nio.ByteBuffer;

/**
 * The scales of a ternary tensor, as few as say the same: one, one a row, or one a block. A block that is all 0 is
 * free to have any.
 *
 * @param values [1], [n], or with a block size [n, k / blockSize]; rows in the file's order
 */
record BlockScales(int n, int k, int blockSize, float[] values) {
    /** The scale of weights that are all 0. */
    static final float ANY = Float.NaN;

    private static final float SEVERAL = Float.POSITIVE_INFINITY;
    private static final int READ_AT_ONCE = 1 << 20;

    /** @throws ExportException for a scale that is not finite */
    static BlockScales read(GgufFile file, GgufTensor tensor, float factor) {
        int k = Math.toIntExact(tensor.columns());
        int n = Math.toIntExact(tensor.elements() / k);
        if (tensor.type().isI2S()) {
            float scale = file.bytes(tensor, tensor.elements() / 4, Float.BYTES).getFloat(0) * factor;
            check(file, tensor, scale);
            return new BlockScales(n, k, 0, new float[] {scale});
        }
        int blocks = Math.toIntExact(tensor.elements() / tensor.type().blockElements());
        return of(n, k, tensor.type().blockElements(), blocks(file, tensor, factor, 0, blocks));
    }

    /** The scales of one row, as the file stores it, of a tensor whose blocks have one each. */
    static float[] ofRow(GgufFile file, GgufTensor tensor, float factor, int row) {
        int blocks = Math.toIntExact(tensor.columns()) / tensor.type().blockElements();
        return settled(blocks(file, tensor, factor, row * blocks, blocks));
    }

    /** @param blocks [n, k / blockSize], {@link #ANY} where all weights are 0 */
    static BlockScales of(int n, int k, int blockSize, float[] blocks) {
        int each = k / blockSize;
        float[] rows = new float[n];
        boolean sameInRows = true;
        for (int row = 0; row < n; row++) {
            rows[row] = common(blocks, row * each, each);
            sameInRows &= rows[row] != SEVERAL;
        }
        if (!sameInRows) {
            return new BlockScales(n, k, blockSize, settled(blocks));
        }
        float scale = common(rows, 0, n);
        return new BlockScales(n, k, 0, settled(scale == SEVERAL ? rows : new float[] {scale}));
    }

    /** One, or one for each row in Hugging Face's order; not for blocks. */
    float[] ordered(RowOrder order) {
        return values.length == 1 ? values : expand(order, k, 0, n);
    }

    /** For blocks of another size, [count, k / wantedBlockSize], of the rows from {@code first} on in Hugging Face's order. */
    float[] expand(RowOrder order, int wantedBlockSize, int first, int count) {
        int stored = blockSize == 0 ? 1 : k / blockSize;
        int wanted = k / wantedBlockSize;
        float[] expanded = new float[Math.multiplyExact(count, wanted)];
        for (int row = 0; row < count; row++) {
            int from = values.length == 1 ? 0 : order.stored(first + row) * stored;
            spread(values, from, stored, expanded, row * wanted, wanted);
        }
        return expanded;
    }

    /** A row's scales for smaller blocks. */
    static void spread(float[] stored, int from, int count, float[] dst, int offset, int wanted) {
        for (int block = 0; block < wanted; block++) {
            dst[offset + block] = stored[from + block * count / wanted];
        }
    }

    private static float[] blocks(GgufFile file, GgufTensor tensor, float factor, int first, int blocks) {
        TensorType type = tensor.type();
        TernaryBlocks codec = (TernaryBlocks) type.codec();
        float[] scales = new float[blocks];
        byte[] weights = new byte[type.blockElements()];
        int step = READ_AT_ONCE / type.blockBytes();
        for (int done = 0; done < blocks; done += step) {
            int count = Math.min(step, blocks - done);
            long begin = (long) (first + done) * type.blockBytes();
            ByteBuffer bytes = file.bytes(tensor, begin, count * type.blockBytes());
            for (int i = 0; i < count; i++) {
                int at = i * type.blockBytes();
                float scale = codec.scale(bytes, at) * factor;
                check(file, tensor, scale);
                scales[done + i] = scale == 0 && allZero(codec, bytes, at, weights) ? ANY : scale;
            }
        }
        return scales;
    }

    private static boolean allZero(TernaryBlocks codec, ByteBuffer bytes, int at, byte[] weights) {
        codec.weights(bytes, at, weights, 0);
        for (byte weight : weights) {
            if (weight != 0) {
                return false;
            }
        }
        return true;
    }

    private static void check(GgufFile file, GgufTensor tensor, float scale) {
        if (!Float.isFinite(scale)) {
            throw ExportException.of(file.path(), "tensor " + tensor.name() + ": scale", scale, "a finite number");
        }
    }

    /** The one value that all have which have one, {@link #ANY} or {@link #SEVERAL}. */
    private static float common(float[] values, int from, int count) {
        float common = ANY;
        for (int i = from; i < from + count; i++) {
            if (values[i] == SEVERAL || !Float.isNaN(common) && !Float.isNaN(values[i]) && values[i] != common) {
                return SEVERAL;
            }
            common = Float.isNaN(values[i]) ? common : values[i];
        }
        return common;
    }

    private static float[] settled(float[] values) {
        float[] settled = values.clone();
        for (int i = 0; i < settled.length; i++) {
            settled[i] = Float.isNaN(settled[i]) ? 0 : settled[i];
        }
        return settled;
    }
}
