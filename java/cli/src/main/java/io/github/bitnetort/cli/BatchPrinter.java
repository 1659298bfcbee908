package io.github.bitnetort.cli;

import io.github.bitnetort.generate.BatchListener;
import java.io.PrintWriter;

/**
 * Prints the texts of a batch one after the other: the first that has not ended as it comes, the later ones when it is their
 * turn. Each begins with its number.
 */
final class BatchPrinter implements BatchListener {
    private final TextPrinter printer;
    private final StringBuilder[] waiting;
    private final boolean[] ended;
    private int current;

    BatchPrinter(PrintWriter out, int rows) {
        printer = new TextPrinter(out);
        ended = new boolean[rows];
        waiting = new StringBuilder[rows];
        for (int row = 0; row < rows; row++) {
            waiting[row] = new StringBuilder("[" + (row + 1) + "]");
        }
    }

    @Override
    public boolean onToken(int row, long tokenId, String text) {
        waiting[row].append(text);
        return print();
    }

    @Override
    public void onEnd(int row, String text) {
        waiting[row].append(text).append(System.lineSeparator());
        ended[row] = true;
        print();
    }

    private boolean print() {
        boolean read = true;
        while (current < waiting.length) {
            read = printer.print(waiting[current].toString());
            waiting[current].setLength(0);
            if (!ended[current]) {
                return read;
            }
            current++;
        }
        return read;
    }
}
