package io.github.bitnetort.tests.bench.attention;

import io.github.bitnetort.tests.bench.OptionRange;
import io.github.bitnetort.tests.bench.Streaming;
import io.github.bitnetort.tests.bench.TurnOptions;
import io.github.bitnetort.tests.bench.WrongOption;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Option;

/** What to measure, and how long. */
final class AttentionBenchOptions extends TurnOptions {
    @Option(
            names = "--shape",
            split = ",",
            paramLabel = "TEXT",
            defaultValue = "2B-4T",
            description = "Models whose name contains one of these; all of them with an empty text (default:"
                    + " ${DEFAULT-VALUE}). See tests/src/test/resources/checkpoints.")
    List<String> shapes;

    @Option(
            names = "--chunk",
            split = ",",
            paramLabel = "NEW+CACHED",
            defaultValue = "1+128,1+1024,1+4096,128+0,128+1024,512+0,512+1024",
            description = "How many tokens a node gets, and how many are in its cache (default: ${DEFAULT-VALUE}).")
    List<String> chunks;

    @Option(
            names = "--capacity",
            paramLabel = "N",
            description = "Columns that caches have room for (default: as many as are used).")
    Integer capacity;

    @Option(
            names = "--megabytes",
            paramLabel = "MB",
            description = "Caches of each contender, which are read in turn where there are no more than "
                    + Streaming.MOST_ROWS + " new tokens (default: as many that those of both are 2.5 times the"
                    + " largest cache, at least 300).")
    Integer megabytes;

    @Option(names = "--json", description = "One JSON object instead of tables.")
    boolean json;

    /** @throws WrongOption where one is not what it must be */
    List<Chunk> checkedChunks() throws IOException {
        checkTurns();
        if (megabytes != null) {
            OptionRange.check("megabytes", megabytes, 1, Integer.MAX_VALUE);
        }
        List<Chunk> parsed = chunks.stream().map(Chunk::parse).toList();
        for (Chunk chunk : parsed) {
            if (capacity != null) {
                OptionRange.check("capacity", capacity, chunk.total(), Integer.MAX_VALUE);
            }
            for (AttentionShape shape : checkedShapes()) {
                checkSize(shape, chunk);
            }
        }
        return parsed;
    }

    /** A buffer of Java has so many bytes at most. */
    private void checkSize(AttentionShape shape, Chunk chunk) {
        long most = Integer.MAX_VALUE / Float.BYTES;
        long cache = (long) capacity(chunk) * shape.spec().kvWidth();
        long query = (long) chunk.tokens() * shape.spec().joinedWidth();
        if (Math.max(cache, query) > most) {
            throw new WrongOption("--chunk: found " + chunk + ", for which " + shape.name() + " needs "
                    + Math.max(cache, query) + " numbers in one tensor, wanted at most " + most);
        }
    }

    /** @throws WrongOption where there are none */
    List<AttentionShape> checkedShapes() throws IOException {
        List<AttentionShape> all = AttentionShape.all();
        List<AttentionShape> chosen = all.stream()
                .filter(shape -> shapes.stream().anyMatch(shape.name()::contains))
                .toList();
        if (chosen.isEmpty()) {
            throw new WrongOption("--shape: found " + String.join(",", shapes)
                    + ", wanted a part of one of "
                    + String.join(", ", all.stream().map(AttentionShape::name).toList()));
        }
        return chosen;
    }

    int capacity(Chunk chunk) {
        return capacity != null ? capacity : chunk.total();
    }

    long bytesOfEach() {
        int contenders = AttentionContender.values().length;
        return 1_000_000L * (megabytes != null ? megabytes : Streaming.megabytesOfEach(contenders));
    }
}
