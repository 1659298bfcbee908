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
        copyRows(n, 1, dst, offset, k);
    }

    @Override
    public void copyRows(int first, int count, byte[] dst, int offset, int stride) {
        for (int done = 0; done < count; ) {
            int n = first + done;
            int rows = Math.min(count - done, blockRows - n % blockRows);
            copyOfBlock(n, rows, dst, offset + done * stride, stride);
            done += rows;
        }
    }

    private void copyOfBlock(int first, int count, byte[] dst, int offset, int stride) {
        long from = (long) (first % blockRows) * k;
        if (stride == k) {
            checkpoint.read(tensor.name(), from, ByteBuffer.wrap(dst, offset, count * k));
        } else {
            for (int i = 0; i < count; i++) {
                checkpoint.read(tensor.name(), from + (long) i * k, ByteBuffer.wrap(dst, offset + i * stride, k));
            }
        }
        for (int i = 0; i < count; i++) {
            int at = offset + i * stride;
            if (CodeLanes.toWeights(dst, at, k, 2 * (first / blockRows))) {
                throw ExportException.of(
                        tensor.file(),
                        "tensor " + tensor.name() + ": row " + (first + i) + ", column "
                                + CodeLanes.firstInvalid(dst, at, k),
                        "code 3",
                        "0, 1 or 2");
            }
        }
    }
}
