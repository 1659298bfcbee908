/**
 * Every implementation of CustomBitMatMul on the same cases, bit for bit: {@link
 * io.github.bitnetort.tests.conformance.Cases} has the shapes as data, {@link
 * io.github.bitnetort.tests.conformance.AbstractBitMatMulConformanceTest} the comparison, and each implementation is a
 * subclass of a few lines. The same cases go to Python as files.
 */
package io.github.bitnetort.tests.conformance;
