/**
 * Whatever compares two implementations: conformance of every implementation of the op, exported models against Hugging
 * Face, the op library inside ONNX Runtime, benchmarks.
 */
package io.github.bitnetort.tests;
