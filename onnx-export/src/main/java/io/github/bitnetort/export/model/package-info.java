/**
 * Decoder models as graphs: {@link io.github.bitnetort.export.model.DecoderBuilder} builds one from a checkpoint, with
 * one class each for linear layers, attention, the MLP, norms, positions and masks;
 * {@link io.github.bitnetort.export.model.BitMatMulNodes} adds CustomBitMatMul nodes and
 * {@link io.github.bitnetort.export.model.PortableBody} writes the op in standard operators.
 */
package io.github.bitnetort.export.model;
