/**
 * The way in: {@link io.github.bitnetort.export.ModelExporter} turns a checkpoint into an ONNX model with CustomBitMatMul
 * nodes, {@link io.github.bitnetort.export.ModelInspector} says what is in one,
 * {@link io.github.bitnetort.export.SingleNodeModel} makes one of a single node. Needs the op's contract and protobuf;
 * never ONNX Runtime, never native code. What cannot be read is an
 * {@link io.github.bitnetort.export.ExportException} and leaves the disk as it was.
 */
package io.github.bitnetort.export;
