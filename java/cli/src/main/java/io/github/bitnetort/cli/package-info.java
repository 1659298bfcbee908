/**
 * The {@code bitnet} command line: one class a command, all thin. Results go to standard output, everything else to
 * standard error; exit code 0 is success, 1 failure, 2 wrong usage.
 */
package io.github.bitnetort.cli;
