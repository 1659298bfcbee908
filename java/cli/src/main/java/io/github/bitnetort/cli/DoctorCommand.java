package io.github.bitnetort.cli;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.natives.BitMatMulLibrary;
import io.github.bitnetort.natives.F16MatMul;
import io.github.bitnetort.natives.GroupQueryAttention;
import io.github.bitnetort.natives.MatMulSpec;
import io.github.bitnetort.natives.NBitsMatMul;
import io.github.bitnetort.natives.NativeKernel;
import io.github.bitnetort.natives.OpKernel;
import io.github.bitnetort.natives.OpKernelTable;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMuls;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.runtime.BitNetOps;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says what this machine runs and why. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Say what runs on this machine and why: CPU features, kernels, ONNX Runtime, Java."
                + " Exit code 1 when the op library cannot be used.")
final class DoctorCommand implements Callable<Integer> {
    private static final String ISA_VARIABLE = "BITMATMUL_ISA";
    private static final String MOST_PREFERRED = "the most preferred one";
    private static final String EIGHT_AND_FOUR_BITS = "8 and 4 bits";
    private static final String FLOAT16 = "float16";
    private static final String ATTENTION = "attention";

    /** A decode step and a prompt, at the size of a 2-billion-parameter model's layer. */
    private static final long[] ROWS = {1, 128};

    private static final int N = 2560;
    private static final int K = 2560;

    @Spec
    private CommandSpec spec;

    private PrintWriter out;

    @Override
    public Integer call() throws OrtException {
        out = spec.commandLine().getOut();
        Optional<Throwable> unavailable = BitMatMulLibrary.unavailableReason();
        java();
        onnxRuntime(unavailable.isEmpty());
        if (unavailable.isPresent()) {
            BitNetOps.getLibraryPath(); // throws what register would throw
        }
        library();
        kernels();
        return choices() ? 0 : 1;
    }

    private void java() {
        BitMatMuls.Choice choice = BitMatMuls.choose();
        line("bitnet", Version.text());
        line(
                "Java",
                Runtime.version() + " (" + System.getProperty("java.vendor") + "), " + System.getProperty("java.home"));
        line(
                "machine",
                System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                        + Runtime.getRuntime().availableProcessors() + " processors");
        line("pure Java", choice.implementation().name() + ". " + choice.reason());
    }

    private void onnxRuntime(boolean register) throws OrtException {
        String version = Ort.environment().getVersion();
        if (register) {
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                BitNetOps.register(options);
            }
        }
        line("ONNX Runtime", version + (register ? ", takes the op library" : ""));
    }

    private void library() {
        line("op library", BitMatMulLibrary.version() + ", " + BitNetOps.getLibraryPath());
        line("CPU features", String.join(", ", BitMatMulLibrary.cpuFeatures()));
        String forced = System.getenv(ISA_VARIABLE);
        line(ISA_VARIABLE, forced == null || forced.isEmpty() ? "not set: the choice is free" : forced);
    }

    private void kernels() {
        out.println();
        Table table = new Table("kernel", "packings", "activations", "preferred from M", "on this machine");
        for (NativeKernel kernel : BitMatMulLibrary.kernels()) {
            table.row(
                    kernel.name(),
                    String.join(" ", kernel.packings()),
                    String.join(" ", kernel.activations()),
                    kernel.minM(),
                    kernel.available() ? "runs" : "no: the CPU lacks " + kernel.missing());
        }
        table.print(out);
        out.println();
        Table others = new Table("kernel for heads and attention", "for", "on this machine");
        rows(others, NBitsMatMul.KERNELS, EIGHT_AND_FOUR_BITS);
        rows(others, F16MatMul.KERNELS, FLOAT16);
        rows(others, GroupQueryAttention.KERNELS, ATTENTION);
        others.print(out);
    }

    private static void rows(Table table, OpKernelTable kernels, String what) {
        for (OpKernel kernel : kernels.all()) {
            table.row(
                    kernel.name(),
                    what,
                    kernel.available() ? "runs" : "no: the CPU lacks " + String.join(", ", kernel.missing()));
        }
    }

    /** @return whether there is a kernel for anything: BITMATMUL_ISA may name a set that this machine does not have */
    private boolean choices() {
        boolean any = false;
        out.println();
        Table table = new Table("for", "activation", "M", "kernel", "why");
        for (Packing packing : Packing.values()) {
            for (Activation activation : Activation.values()) {
                for (long m : ROWS) {
                    any |= choice(table, new MatMulSpec(N, K, packing.onnxName(), activation.onnxName(), 0), m);
                }
            }
        }
        any |= opChoice(table, EIGHT_AND_FOUR_BITS, "fixed point", NBitsMatMul.KERNELS);
        any |= opChoice(table, FLOAT16, "float32", F16MatMul.KERNELS);
        any |= opChoice(table, ATTENTION, "float32", GroupQueryAttention.KERNELS);
        table.print(out);
        return any;
    }

    private static boolean choice(Table table, MatMulSpec matMul, long m) {
        try {
            NativeKernel chosen = BitMatMulLibrary.chosenKernel(matMul, m, null);
            table.row(matMul.packing(), matMul.activation(), m, chosen.name(), why(chosen, matMul));
            return true;
        } catch (IllegalArgumentException e) {
            table.row(matMul.packing(), matMul.activation(), m, "none", e.getMessage());
            return false;
        }
    }

    private static boolean opChoice(Table table, String what, String activation, OpKernelTable kernels) {
        try {
            OpKernel chosen = kernels.chosen(null);
            String passed = kernels.all().stream()
                    .takeWhile(kernel -> !kernel.equals(chosen))
                    .map(kernel -> kernel.isa() + " lacks " + String.join(", ", kernel.missing()))
                    .collect(Collectors.joining(", "));
            String why = isForced() ? ISA_VARIABLE + " asks for it" : passed.isEmpty() ? MOST_PREFERRED : passed;
            table.row(what, activation, "any", chosen.name(), why);
            return true;
        } catch (IllegalArgumentException e) {
            table.row(what, activation, "any", "none", e.getMessage());
            return false;
        }
    }

    private static boolean isForced() {
        String forced = System.getenv(ISA_VARIABLE);
        return forced != null && !forced.isEmpty();
    }

    /** The table of kernels is in order of preference: the chosen one is the first that nothing speaks against. */
    private static String why(NativeKernel chosen, MatMulSpec matMul) {
        if (isForced()) {
            return ISA_VARIABLE + " asks for it";
        }
        List<String> passed = BitMatMulLibrary.kernels().stream()
                .takeWhile(kernel -> !kernel.name().equals(chosen.name()))
                .map(kernel -> kernel.isa() + " " + whyNot(kernel, matMul))
                .distinct()
                .toList();
        return passed.isEmpty() ? MOST_PREFERRED : String.join(", ", passed);
    }

    private static String whyNot(NativeKernel kernel, MatMulSpec matMul) {
        if (!kernel.packings().contains(matMul.packing())) {
            return "reads " + String.join(" ", kernel.packings());
        }
        if (!kernel.activations().contains(matMul.activation())) {
            return "takes " + String.join(" ", kernel.activations());
        }
        return kernel.available() ? "is for M >= " + kernel.minM() : "lacks " + kernel.missing();
    }

    private void line(String what, String value) {
        out.printf("%-14s %s%n", what, value);
    }
}
