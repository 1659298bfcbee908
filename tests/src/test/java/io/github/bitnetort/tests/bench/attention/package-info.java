/**
 * {@code ./bitnet bench attention}: CustomGroupQueryAttention beside ONNX Runtime's GroupQueryAttention, in turns within
 * one process, from the same inputs, each with a cache that it writes in place.
 */
package io.github.bitnetort.tests.bench.attention;
