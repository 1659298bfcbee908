package io.github.bitnetort.cli;

import io.github.bitnetort.runtime.BitNetOps;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints where the op library is. */
@Command(
        name = "library-path",
        mixinStandardHelpOptions = true,
        description =
                "Print the op library's file, for register_custom_ops_library of Python and RegisterCustomOpsLibrary of C.")
final class LibraryPathCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().getOut().println(BitNetOps.getLibraryPath());
    }
}
