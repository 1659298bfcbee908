/** Exported fixtures, run as a user runs them, against what Hugging Face computed from the same checkpoints. */
package io.github.bitnetort.tests.endtoend;
