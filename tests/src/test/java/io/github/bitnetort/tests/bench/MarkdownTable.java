package io.github.bitnetort.tests.bench;

import java.io.PrintStream;
import java.util.Collections;
import java.util.Locale;

/** Rows as they come: a run takes long. */
public final class MarkdownTable {
    private final PrintStream out;
    private final int columns;

    public MarkdownTable(PrintStream out, String... header) {
        this.out = out;
        this.columns = header.length;
        out.println();
        row((Object[]) header);
        row(Collections.nCopies(columns, "---").toArray());
    }

    public void row(Object... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException("row: found " + cells.length + " cells, wanted " + columns);
        }
        StringBuilder line = new StringBuilder("|");
        for (Object cell : cells) {
            line.append(' ').append(cell).append(" |");
        }
        out.println(line);
        out.flush();
    }

    public static String number(double value, int digits) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
