/**
 * Benchmarks of the op beside ONNX Runtime's own kernels. All contenders of a shape run in turns within one process, so
 * that a noisy neighbour slows all of them; only ratios within one run mean anything.
 */
package io.github.bitnetort.tests.bench;
