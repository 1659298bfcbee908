package io.github.bitnetort.export.checkpoint;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.ops.CodeRows;
import io.github.bitnetort.ops.RowPlanes;
import io.github.bitnetort.ops.RowSource;
import java.nio.ByteBuffer;
import java.util.Optional;

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
        read(first, count, dst, offset, stride);
        for (int i = 0; i < count; i++) {
            int at = offset + i * stride;
            if (CodeLanes.toWeights(dst, at, k, shift(first + i))) {
                throw ExportException.of(
                        tensor.file(),
                        "tensor " + tensor.name() + ": row " + (first + i) + ", column "
                                + CodeLanes.firstInvalid(dst, at, k),
                        "code 3",
                        "0, 1 or 2");
            }
        }
    }

    @Override
    public boolean copyCodes(int first, int count, CodeRows dst, int row) {
        read(first, count, dst.bytes(), dst.offset(row), dst.stride());
        for (int i = 0; i < count; i++) {
            dst.setShift(row + i, shift(first + i));
        }
        return true;
    }

    @Override
    public Optional<RowPlanes> planes(int n) {
        return Optional.of(new RowPlanes(0, blockRows));
    }

    private int shift(int n) {
        return 2 * (n / blockRows);
    }

    /** Copies the bytes that rows are in: as many rows at once as follow each other in the file and in {@code dst}. */
    private void read(int first, int count, byte[] dst, int offset, int stride) {
        int rows;
        for (int done = 0; done < count; done += rows) {
            int stored = (first + done) % blockRows;
            rows = stride == k ? Math.min(count - done, blockRows - stored) : 1;
            checkpoint.read(tensor.name(), (long) stored * k, ByteBuffer.wrap(dst, offset + done * stride, rows * k));
        }
    }
}
