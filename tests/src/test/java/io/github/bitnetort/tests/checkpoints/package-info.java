/**
 * Checkpoints of any size with random weights, in exactly the published files' format: for benchmarks and for tests of
 * what only shows at full size.
 */
package io.github.bitnetort.tests.checkpoints;
