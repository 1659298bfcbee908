package io.github.bitnetort.tests.bench;

import io.github.bitnetort.runtime.WeightMemory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** What the machine could do at most at one moment. */
public record Limits(List<Map<String, String>> rows) {
    private static final String INT8 = "int8_";

    /** Products without loads, which no product of matrices can do. */
    private static final String REGISTERS_ONLY = "_registers";

    /**
     * @param streamBytes what is read at a time: as much as a node does
     * @param sampleBytes what a sample reads: as much as those of the nodes that it is compared with
     */
    public static Limits measure(NativeBench bench, List<Integer> threads, long streamBytes, long sampleBytes)
            throws IOException {
        return new Limits(bench.run(
                "limits",
                "--threads",
                threads.stream().map(String::valueOf).collect(Collectors.joining(",")),
                "--stream-bytes",
                String.valueOf(Math.max(4096, streamBytes)),
                "--sample-bytes",
                String.valueOf(sampleBytes),
                "--rounds",
                "3",
                "--milliseconds",
                "10"));
    }

    /** Bytes a nanosecond that can be read from a mapped file, where ONNX Runtime's weights are. */
    double fileRead(int threads) {
        return values(threads, "read_file").orElseThrow();
    }

    /** Of the kind of memory that the contender reads; ONNX Runtime's own prepacked weights are in 4 KiB pages. */
    double read(int threads, Contender contender) {
        return contender.memory() == WeightMemory.HUGE_PAGES ? hugeRead(threads) : fileRead(threads);
    }

    /** Of huge pages. */
    public double hugeRead(int threads) {
        return values(threads, "read_huge").orElseThrow();
    }

    /** Of anonymous memory in pages of 4 KiB. */
    public double smallPageRead(int threads) {
        return values(threads, "read_4k").orElseThrow();
    }

    /** The best int8 rate, of AMX that with loads from L1, in operations a nanosecond; empty where none was measured. */
    OptionalDouble int8(int threads) {
        OptionalDouble tera = values(threads, INT8);
        return tera.isPresent() ? OptionalDouble.of(tera.getAsDouble() * 1000) : tera;
    }

    private OptionalDouble values(int threads, String prefix) {
        return rows.stream()
                .filter(row -> row.get("limit").startsWith(prefix))
                .filter(row -> !row.get("limit").endsWith(REGISTERS_ONLY))
                .filter(row -> Integer.parseInt(row.get("threads")) == threads)
                .mapToDouble(row -> Double.parseDouble(row.get("value")))
                .max();
    }
}
