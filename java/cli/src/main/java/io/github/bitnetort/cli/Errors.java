package io.github.bitnetort.cli;

import io.github.bitnetort.export.graph.TemporaryPath;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Errors as one clear line on standard error. */
public final class Errors {
    static final String TRACE_VARIABLE = "BITNET_TRACE";

    private Errors() {}

    /**
     * Has a command tell its errors so.
     *
     * @param verbose whether stack traces are wanted, too
     */
    public static CommandLine toldBy(CommandLine command, BooleanSupplier verbose) {
        return command.setParameterExceptionHandler(Errors::usage)
                .setExecutionExceptionHandler(
                        (error, failed, parsed) -> failure(error, failed, verbose.getAsBoolean()));
    }

    private static int usage(ParameterException error, String[] args) {
        CommandLine command = error.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("bitnet: " + oneLine(error.getMessage()).replaceFirst("^Error: ", ""));
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    private static int failure(Exception error, CommandLine command, boolean verbose) {
        command.getOut().flush();
        PrintWriter err = command.getErr();
        if (verbose || System.getenv(TRACE_VARIABLE) != null) {
            error.printStackTrace(err);
        }
        err.println("bitnet: " + oneLine(message(error)));
        err.flush();
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** Exceptions of java.nio have the bare path for a message. */
    private static String message(Exception error) {
        if (error instanceof FileSystemException file && file.getFile() != null) {
            Path path = Path.of(file.getFile());
            String what = file.getReason() != null ? file.getReason() : what(file);
            return TemporaryPath.place(path)
                    .map(place -> place + ": cannot be written to: " + what)
                    .orElse(path + ": " + what);
        }
        return error.getMessage() == null ? error.toString() : error.getMessage();
    }

    private static String what(FileSystemException error) {
        if (error instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (error instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (error instanceof FileAlreadyExistsException || error instanceof DirectoryNotEmptyException) {
            return "exists already";
        }
        if (error instanceof NotDirectoryException) {
            return "not a directory";
        }
        return error.getClass().getSimpleName().replace("Exception", "").toLowerCase(Locale.ROOT);
    }

    private static String oneLine(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
