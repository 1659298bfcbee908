/**
 * Benchmarks of the op beside ONNX Runtime's own operators. All contenders of a shape run in turns within one process, so
 * that a noisy neighbour slows all of them; only ratios within one run mean anything. The machine's limits come from the
 * program in {@code tests/native-bench}, run before and after each shape. {@link
 * io.github.bitnetort.tests.bench.Bench} is the entry point, {@code docs/benchmarks.md} says how to read the tables.
 */
package io.github.bitnetort.tests.bench;
