/**
 * {@code CustomBitMatMul} on {@code jdk.incubator.vector}. The only package that needs the incubator module, compiled
 * on its own and reached by name from {@link io.github.bitnetort.ops.BitMatMuls}, so that everything else links and
 * runs in a JVM without that module.
 */
package io.github.bitnetort.ops.vector;
