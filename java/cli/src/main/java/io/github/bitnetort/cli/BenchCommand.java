package io.github.bitnetort.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * Says what the launcher does. Benchmarks compare with other operators and measure with a native program, so they live
 * with the tests, which are built from the sources; the launcher in the sources' root runs them without coming here.
 */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description =
                "Measure the op, its kernels and the machine's limits: ./bitnet bench in a checkout of the sources.",
        footer = {
            "",
            "  ./bitnet bench model    a whole exported model: speed and memory",
            "  ./bitnet bench ops      the op beside ONNX Runtime's own operators",
            "  ./bitnet bench attention  CustomGroupQueryAttention beside ONNX Runtime's GroupQueryAttention",
            "  ./bitnet bench kernels  bare kernels beside the machine's limits",
            "  ./bitnet bench limits   memory bandwidth and int8 peaks",
            "  ./bitnet bench make-checkpoint  random weights in a published model's format and size",
            "",
            "Each takes --help; docs/benchmarks.md says how to read the tables."
        })
final class BenchCommand implements Callable<Integer> {
    @Unmatched
    private List<String> arguments;

    @Override
    public Integer call() {
        throw new IllegalStateException("bench: needs the sources; run ./bitnet bench in a checkout of them");
    }
}
