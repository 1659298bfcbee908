/** What the tests of all ops share: cases, conformance, refusals. */
package io.github.bitnetort.tests.op;
