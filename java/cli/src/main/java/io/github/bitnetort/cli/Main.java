package io.github.bitnetort.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
        versionProvider = Version.class)
public final class Main implements Runnable {
    private static final List<Class<?>> COMMANDS = List.of(
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
            HelpCommand.class);

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
                commandLine(args).setOut(utf8(out)).setErr(utf8(new FileOutputStream(FileDescriptor.err)));
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

    /**
     * The command line for some arguments, with error handling; tests give it their own streams. Where they begin with a
     * command's name, it has that command alone: to read what the others take is a tenth of a second.
     */
    static CommandLine commandLine(String... args) {
        Main main = new Main();
        CommandLine commandLine = new CommandLine(main);
        COMMANDS.stream()
                .filter(command -> args.length > 0 && hasName(command, args[0]))
                .findFirst()
                .map(List::<Class<?>>of)
                .orElse(COMMANDS)
                .forEach(commandLine::addSubcommand);
        return Errors.toldBy(commandLine.setCaseInsensitiveEnumValuesAllowed(true), () -> main.verbose);
    }

    private static boolean hasName(Class<?> command, String name) {
        return command != HelpCommand.class
                && command.getAnnotation(Command.class).name().equals(name);
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
