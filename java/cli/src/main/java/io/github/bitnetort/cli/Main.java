package io.github.bitnetort.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Entry point: the commands, and what they have in common. */
@Command(
        name = "bitnet",
        description = "1-bit and ternary language models on ONNX Runtime.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            ExportCommand.class,
            RewriteCommand.class,
            InspectCommand.class,
            ProbeCommand.class,
            GenerateCommand.class,
            ChatCommand.class,
            DoctorCommand.class,
            LibraryPathCommand.class,
            DemoCommand.class,
            BenchCommand.class,
            HelpCommand.class
        })
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description =
                    "Show the stack trace of an error; so does the environment variable " + Errors.TRACE_VARIABLE + ".")
    private boolean verbose;

    public static void main(String[] args) {
        CheckedOutput out = new CheckedOutput(new FileOutputStream(FileDescriptor.out));
        CommandLine commandLine =
                commandLine().setOut(utf8(out)).setErr(utf8(new FileOutputStream(FileDescriptor.err)));
        int code = commandLine.execute(args);
        commandLine.getOut().flush();
        if (out.failure().isPresent()) {
            commandLine
                    .getErr()
                    .println("bitnet: standard output: " + out.failure().get());
            code = Math.max(code, CommandLine.ExitCode.SOFTWARE);
        }
        System.exit(code);
    }

    /** The whole command line, with error handling; tests give it their own streams. */
    static CommandLine commandLine() {
        Main main = new Main();
        return Errors.toldBy(new CommandLine(main).setCaseInsensitiveEnumValuesAllowed(true), () -> main.verbose);
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "command: found none, wanted one of "
                        + String.join(", ", spec.subcommands().keySet()));
    }

    /** Text is UTF-8 whatever the locale says: a model's characters must arrive as they are. */
    private static PrintWriter utf8(OutputStream out) {
        return new PrintWriter(out, true, StandardCharsets.UTF_8);
    }
}
