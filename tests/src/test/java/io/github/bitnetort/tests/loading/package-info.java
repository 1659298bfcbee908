/** The op library inside ONNX Runtime: versions, memory, what it refuses. */
package io.github.bitnetort.tests.loading;
