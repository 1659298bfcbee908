package io.github.bitnetort.tests.bench.attention;

import io.github.bitnetort.tests.bench.Figures;
import io.github.bitnetort.tests.bench.LargestCache;
import io.github.bitnetort.tests.bench.Limits;
import io.github.bitnetort.tests.bench.Streaming;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What a run says. */
record AttentionReport(Figures figures, AttentionBenchOptions options) {
    void settings() {
        figures.put("settings", "rounds", options.rounds);
        figures.put("settings", "most_tokens_whose_caches_are_streamed", Streaming.MOST_ROWS);
        figures.putMegabytes("settings", "caches_of_each,_streamed", options.bytesOfEach());
        figures.putMegabytes("settings", "largest_cache_of_the_CPU", LargestCache.bytes());
    }

    /** @param rows of one shape, chunk and number of threads, ours among them */
    void rows(List<AttentionMeasurement> rows, Limits before, Limits after) {
        double ours = rows.stream()
                .filter(row -> row.contender() == AttentionContender.CUSTOM)
                .mapToDouble(AttentionMeasurement::nanos)
                .findFirst()
                .orElseThrow();
        for (AttentionMeasurement row : rows) {
            ObjectNode json = figures.row("attention")
                    .put("shape", row.shape().toString())
                    .put("new_tokens", row.chunk().tokens())
                    .put("cached", row.chunk().cached())
                    .put("threads", row.threads())
                    .put("operator", row.contender().title())
                    .put("kernel", row.contender().kernel())
                    .put("us", rounded(row.nanos() / 1000, 1))
                    .put("ratio_to_" + AttentionContender.CUSTOM.title(), rounded(row.nanos() / ours, 2))
                    .put("GFLOP/s", Math.round(row.operations()));
            if (before != null) {
                double read = (before.smallPageRead(row.threads()) + after.smallPageRead(row.threads())) / 2;
                json.put("GB/s", rounded(row.bytes(), 1)).put("of_raw_read", rounded(row.bytes() / read, 2));
            } else {
                json.putNull("GB/s").putNull("of_raw_read");
            }
        }
    }

    void limits(AttentionShape shape, Chunk chunk, Limits before, Limits after) {
        for (int threads : options.threads) {
            figures.row("raw read")
                    .put("shape", shape.toString())
                    .put("chunk", chunk.toString())
                    .put("threads", threads)
                    .put("pages_of_4_KiB_before_GB/s", rounded(before.smallPageRead(threads), 1))
                    .put("pages_of_4_KiB_after_GB/s", rounded(after.smallPageRead(threads), 1))
                    .put("huge_pages_before_GB/s", rounded(before.hugeRead(threads), 1))
                    .put("huge_pages_after_GB/s", rounded(after.hugeRead(threads), 1));
        }
    }

    private static double rounded(double value, int digits) {
        double factor = Math.pow(10, digits);
        return Math.round(value * factor) / factor;
    }
}
