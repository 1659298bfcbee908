/** CustomMatMulF16: every implementation of it on the same cases, bit for bit, and what is refused. */
package io.github.bitnetort.tests.f16;
