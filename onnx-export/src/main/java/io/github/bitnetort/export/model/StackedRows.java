package io.github.bitnetort.export.model;

import io.github.bitnetort.ops.CodeRows;
import io.github.bitnetort.ops.RowPlanes;
import io.github.bitnetort.ops.RowSource;
import java.util.List;
import java.util.Optional;

/** Matrices of one width as one, row after row. */
public final class StackedRows implements RowSource {
    /**
     * One of the matrices.
     *
     * @param n its rows
     */
    public record Part(int n, RowSource rows) {}

    private final List<Part> parts;

    /** @param parts one above the other, with rows of one length */
    public StackedRows(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    @Override
    public void copyRow(int n, byte[] dst, int offset) {
        copyRows(n, 1, dst, offset, 0);
    }

    @Override
    public void copyRows(int first, int count, byte[] dst, int offset, int stride) {
        eachPart(first, count, (part, from, rows, done) -> {
            part.copyRows(from, rows, dst, offset + done * stride, stride);
            return true;
        });
    }

    @Override
    public boolean copyCodes(int first, int count, CodeRows dst, int row) {
        return eachPart(first, count, (part, from, rows, done) -> part.copyCodes(from, rows, dst, row + done));
    }

    @Override
    public Optional<RowPlanes> planes(int n) {
        int begin = 0;
        for (Part part : parts) {
            if (n < begin + part.n) {
                int before = begin;
                return part.rows.planes(n - begin).map(planes -> planes.behind(before));
            }
            begin += part.n;
        }
        return Optional.empty();
    }

    /** What is done with {@code rows} rows of a part from {@code from} on, {@code done} being before them. */
    @FunctionalInterface
    private interface Copy {
        boolean copy(RowSource part, int from, int rows, int done);
    }

    /** Whether the copies of all parts that the rows lie in succeed. */
    private boolean eachPart(int first, int count, Copy copy) {
        int begin = 0;
        for (Part part : parts) {
            int from = Math.max(first, begin);
            int rows = Math.min(first + count, begin + part.n) - from;
            if (rows > 0 && !copy.copy(part.rows, from - begin, rows, from - first)) {
                return false;
            }
            begin += part.n;
        }
        return true;
    }
}
