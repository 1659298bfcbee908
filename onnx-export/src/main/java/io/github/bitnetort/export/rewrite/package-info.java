/**
 * Finds BitLinear layers in graphs that other exporters wrote, and puts CustomBitMatMul nodes in their place. Nothing is
 * matched by name or template: {@link io.github.bitnetort.export.rewrite.Evaluator} computes constant weights and probes
 * what a part of the graph does to activations, and the values decide.
 */
package io.github.bitnetort.export.rewrite;
