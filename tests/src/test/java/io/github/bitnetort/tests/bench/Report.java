package io.github.bitnetort.tests.bench;

import static io.github.bitnetort.tests.bench.MarkdownTable.number;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** What a run prints. */
final class Report {
    private final OpsOptions options;
    private final PrintStream out;
    private final List<Object[]> limits = new ArrayList<>();
    private MarkdownTable table;

    Report(OpsOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    void machine() throws IOException {
        Environment.read().lines().forEach(line -> out.println("* " + line));
        out.printf(
                "* medians of %d rounds in turns; M <= 16: %d MB of weights each, no two nodes' equal;"
                        + " largest cache %d MiB%n",
                options.rounds, options.megabytesOfEach(), LargestCache.bytes() >> 20);
    }

    void operatorsHeader() {
        table = new MarkdownTable(
                out,
                "shape",
                "M",
                "threads",
                "operator",
                "kernel",
                "us",
                "ratio to ternary16",
                "times nbits2",
                "over M = 1",
                "GB/s",
                "of raw read",
                "Gweights/s",
                "TOPS",
                "of int8 peak");
    }

    /** Limits are the mean of before and after. */
    void operators(List<Measurement> rows, Limits before, Limits after) {
        for (Measurement row : rows) {
            int threads = row.threads();
            double read = (before.read(threads, row.contender()) + after.read(threads, row.contender())) / 2;
            double int8 = (before.int8(threads).orElse(Double.NaN)
                            + after.int8(threads).orElse(Double.NaN))
                    / 2;
            table.row(
                    row.shape(),
                    row.m(),
                    threads,
                    row.contender().title(),
                    row.failure() == null ? kernel(row) : row.failure(),
                    number(row.nanos() / 1000, 1),
                    number(row.nanos() / nanos(rows, Contender.TERNARY16, row.m(), threads), 2),
                    number(nanos(rows, Contender.NBITS2, row.m(), threads) / row.nanos(), 2),
                    number(row.nanos() / nanos(rows, row.contender(), 1, threads), 2),
                    number(row.bytes(), 1),
                    number(row.bytes() / read, 2),
                    number(row.weights(), 1),
                    number(row.operations() / 1000, 3),
                    row.contender().isInt8() ? number(row.operations() / int8, 3) : "");
        }
        for (int threads : options.threads) {
            limits.add(new Object[] {
                rows.get(0).shape(),
                threads,
                pair(before.fileRead(threads), after.fileRead(threads), 1),
                pair(before.hugeRead(threads), after.hugeRead(threads), 1),
                pair(
                        before.int8(threads).orElse(Double.NaN) / 1000,
                        after.int8(threads).orElse(Double.NaN) / 1000,
                        2)
            });
        }
    }

    private static String pair(double before, double after, int digits) {
        return number(before, digits) + ", " + number(after, digits);
    }

    /** NaN where that was not measured. */
    private static double nanos(List<Measurement> rows, Contender contender, int m, int threads) {
        return rows.stream()
                .filter(row -> row.contender() == contender && row.m() == m && row.threads() == threads)
                .mapToDouble(Measurement::nanos)
                .findFirst()
                .orElse(Double.NaN);
    }

    private static String kernel(Measurement row) {
        return row.contender()
                .own()
                .map(ours -> ours.kernel(row.shape(), row.m()))
                .orElse("ONNX Runtime's");
    }

    void overheadHeader() {
        out.println();
        out.println(
                "The op in ONNX Runtime beside the bare kernel, " + Overhead.SHAPE + ", M = 1, weights in the caches:");
        table = new MarkdownTable(out, "threads", "kernel", "bare us", "op us", "overhead us");
    }

    void overhead(Overhead.Result result) {
        table.row(
                result.threads(),
                result.kernel(),
                number(result.bareNanos() / 1000, 2),
                number(result.opNanos() / 1000, 2),
                number((result.opNanos() - result.bareNanos()) / 1000, 2));
    }

    void limits() {
        out.println();
        out.println("What the machine could do, before and after each shape:");
        table = new MarkdownTable(
                out,
                "shape",
                "threads",
                "reading a mapped file, GB/s",
                "reading huge pages, GB/s",
                "best int8 loop, TOPS");
        limits.forEach(table::row);
    }
}
