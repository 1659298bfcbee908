package io.github.bitnetort.tests.bench;

import io.github.bitnetort.tests.checkpoints.CheckpointGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes the checkpoints that benchmarks of whole models need. */
@Command(
        name = "make-checkpoint",
        sortOptions = false,
        description =
                "Write a checkpoint of a published model's format and size with random ternary weights, for export"
                        + " and bench model.")
final class MakeCheckpoint implements Callable<Integer> {
    @ArgGroup(multiplicity = "1")
    private Model model;

    private static final class Model {
        @Option(
                names = "--model",
                paramLabel = "NAME",
                description =
                        "2B-4T, Falcon-E-1B or Llama3-8B-1.58: the files of" + " tests/src/test/resources/checkpoints.")
        private String name;

        @Option(names = "--config", paramLabel = "FILE", description = "Another model's config.json.")
        private Path config;
    }

    @Option(names = "--layers", paramLabel = "N", description = "Another number of layers than the model's.")
    private Integer layers;

    @Option(
            names = "--shards",
            paramLabel = "N",
            defaultValue = "1",
            description = "Files for the tensors; more than one with an index (default: ${DEFAULT-VALUE}).")
    private int shards;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "Of the weights (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            required = true,
            description = "The new folder.")
    private Path output;

    @Override
    public Integer call() throws IOException {
        CheckpointGenerator generator = model.name != null
                ? CheckpointGenerator.ofModel(model.name)
                : CheckpointGenerator.ofConfig(model.config);
        if (layers != null) {
            generator.withLayers(layers);
        }
        long start = System.nanoTime();
        long bytes = generator.withShards(shards).withSeed(seed).write(output);
        double seconds = (System.nanoTime() - start) * 1e-9;
        System.err.printf(
                Locale.ROOT, "wrote %d MB in %.1f s, %.0f MB/s%n", bytes / 1_000_000, seconds, bytes / seconds * 1e-6);
        System.out.println(output);
        return 0;
    }
}
