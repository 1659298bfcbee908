/** CustomGroupQueryAttention: every implementation gives the oracle's bits, and what breaks the contract is refused. */
package io.github.bitnetort.tests.attention;
