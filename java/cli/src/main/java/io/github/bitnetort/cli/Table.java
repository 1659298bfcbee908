package io.github.bitnetort.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Columns that line up; numbers stand on the right. */
final class Table {
    private final List<Object[]> rows = new ArrayList<>();
    private final Object[] header;

    Table(Object... header) {
        this.header = header;
    }

    void row(Object... cells) {
        if (cells.length != header.length) {
            throw new IllegalArgumentException("row: found " + cells.length + " cells, wanted " + header.length);
        }
        rows.add(cells);
    }

    void print(PrintWriter out) {
        int[] widths = new int[header.length];
        widen(widths, header);
        rows.forEach(row -> widen(widths, row));
        boolean[] right = new boolean[header.length];
        for (int column = 0; column < right.length; column++) {
            int numbers = column;
            right[column] = rows.stream().anyMatch(row -> row[numbers] instanceof Number);
        }
        out.println(line(header, widths, right));
        rows.forEach(row -> out.println(line(row, widths, right)));
    }

    private static void widen(int[] widths, Object[] cells) {
        Arrays.setAll(
                widths,
                column -> Math.max(widths[column], cells[column].toString().length()));
    }

    private static String line(Object[] cells, int[] widths, boolean[] right) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < cells.length; column++) {
            String cell = cells[column].toString();
            String padding = " ".repeat(widths[column] - cell.length());
            line.append(column == 0 ? "" : "  ").append(right[column] ? padding + cell : cell + padding);
        }
        return line.toString().stripTrailing();
    }
}
