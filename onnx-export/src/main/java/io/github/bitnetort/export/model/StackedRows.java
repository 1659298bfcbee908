package io.github.bitnetort.export.model;

import io.github.bitnetort.ops.RowSource;
import java.util.List;

/** Matrices of one width as one, row after row. */
public final class StackedRows implements RowSource {
    /**
     * One of the matrices.
     *
     * @param n its rows
     */
    public record Part(int n, RowSource rows) {}

    private final List<Part> parts;

    public StackedRows(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    @Override
    public void copyRow(int n, byte[] dst, int offset) {
        copyRows(n, 1, dst, offset, 0);
    }

    @Override
    public void copyRows(int first, int count, byte[] dst, int offset, int stride) {
        int begin = 0;
        for (Part part : parts) {
            int from = Math.max(first, begin);
            int rows = Math.min(first + count, begin + part.n) - from;
            if (rows > 0) {
                part.rows.copyRows(from - begin, rows, dst, offset + (from - first) * stride, stride);
            }
            begin += part.n;
        }
    }
}
