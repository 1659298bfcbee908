package io.github.bitnetort.export.checkpoint;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.ops.RowSource;
import java.nio.ByteBuffer;

/**
 * Rows of a Hugging Face packed ternary tensor U8 [R, K]: the four two-bit codes of a byte belong to four blocks of R
 * rows, the lowest bits to the first block. Codes 0, 1, 2 are −1, 0, +1.
 */
final class PackedRows implements RowSource {
    private final Checkpoint checkpoint;
    private final TensorInfo tensor;
    private final int blockRows;
    private final int k;

    PackedRows(Checkpoint checkpoint, TensorInfo tensor) {
        this.checkpoint = checkpoint;
        this.tensor = tensor;
        this.blockRows = Math.toIntExact(tensor.shape().get(0));
        this.k = Math.toIntExact(tensor.shape().get(1));
    }

    @Override
    public void copyRow(int n, byte[] dst, int offset) {
        ByteBuffer row = checkpoint.bytes(tensor.name(), (long) (n % blockRows) * k, k);
        row.get(dst, offset, k);
        int shift = 2 * (n / blockRows);
        for (int i = offset; i < offset + k; i++) {
            int code = dst[i] >> shift & 3;
            if (code == 3) {
                throw ExportException.of(
                        tensor.file(),
                        "tensor " + tensor.name() + ": row " + n + ", column " + (i - offset),
                        "code 3",
                        "0, 1 or 2");
            }
            dst[i] = (byte) (code - 1);
        }
    }
}
