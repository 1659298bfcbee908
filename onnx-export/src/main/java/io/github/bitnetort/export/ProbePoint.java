package io.github.bitnetort.export;

import io.github.bitnetort.ops.Activation;

/**
 * A BitLinear layer of a graph, as far as one must know it to look at its input and output while the graph runs.
 *
 * @param module the layer's name
 * @param x the value that it reads, [..., K]
 * @param y the value that holds its output, [..., N]
 * @param blockSize activations that share a scale: the op's block size, or K
 */
public record ProbePoint(String module, String x, String y, Activation activation, int blockSize) {}
