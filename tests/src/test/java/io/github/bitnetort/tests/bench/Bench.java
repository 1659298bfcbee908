package io.github.bitnetort.tests.bench;

import io.github.bitnetort.cli.Errors;
import io.github.bitnetort.tests.bench.attention.AttentionBench;
import io.github.bitnetort.tests.bench.model.ModelBench;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** Entry point of the benchmarks in ONNX Runtime. Those of the bare kernels are a program of their own. */
@Command(
        name = "bitnet bench",
        description = "Benchmarks. Tables are Markdown, on standard output.",
        footer = "Bare kernels and the machine's limits: ./bitnet bench kernels|limits --help; see docs/benchmarks.md.",
        subcommands = {Bench.Ops.class, AttentionBench.class, MakeCheckpoint.class, ModelBench.class})
final class Bench {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    private boolean help;

    private Bench() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine bench =
                Errors.toldBy(new CommandLine(new Bench()).setCaseInsensitiveEnumValuesAllowed(true), () -> false);
        IExecutionExceptionHandler failure = bench.getExecutionExceptionHandler();
        return bench.setExecutionExceptionHandler((error, failed, parsed) -> error instanceof WrongOption
                ? usage(failed, error)
                : failure.handleExecutionException(error, failed, parsed));
    }

    private static int usage(CommandLine command, Exception error) throws Exception {
        return command.getParameterExceptionHandler()
                .handleParseException(new ParameterException(command, error.getMessage(), error), new String[0]);
    }

    @Command(
            name = "ops",
            sortOptions = false,
            description = "Measure our ops beside ONNX Runtime's own operators, in turns within one run, and beside"
                    + " what the machine could do at most.")
    static final class Ops implements Callable<Integer> {
        @Mixin
        private OpsOptions options;

        @Override
        public Integer call() throws Exception {
            options.checkTurns();
            new OpBenchmark(options, NativeBench.fromProperty(), System.out).run();
            return 0;
        }
    }
}
