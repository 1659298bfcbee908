/**
 * ONNX models in memory: {@link io.github.bitnetort.export.graph.OnnxModel} loses nothing of a file it came from and
 * holds no large tensor, {@link io.github.bitnetort.export.graph.OnnxOperator} is the vocabulary,
 * {@link io.github.bitnetort.export.graph.GraphBuilder} and {@link io.github.bitnetort.export.graph.FunctionBuilder}
 * refuse what it does not allow, {@link io.github.bitnetort.export.graph.ModelWriter} streams a model to disk and
 * {@link io.github.bitnetort.export.graph.ModelReader} maps one.
 */
package io.github.bitnetort.export.graph;
