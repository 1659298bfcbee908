/** {@code ./bitnet bench model}: speed and memory of a whole exported model. */
package io.github.bitnetort.tests.bench.model;
