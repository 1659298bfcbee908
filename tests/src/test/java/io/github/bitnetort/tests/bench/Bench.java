package io.github.bitnetort.tests.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Entry point of the benchmarks in ONNX Runtime. Those of the bare kernels are a program of their own. */
@Command(
        name = "bitnet bench",
        mixinStandardHelpOptions = true,
        description = "Benchmarks. Tables are Markdown, on standard output.",
        subcommands = Bench.Ops.class)
final class Bench {
    private Bench() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }

    @Command(
            name = "ops",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description =
                    "Measure CustomBitMatMul beside ONNX Runtime's own operators, in turns within one run, and beside"
                            + " what the machine could do at most.")
    static final class Ops implements Callable<Integer> {
        @Mixin
        private OpsOptions options;

        @Override
        public Integer call() throws Exception {
            new OpBenchmark(options, NativeBench.fromProperty(), System.out).run();
            return 0;
        }
    }
}
