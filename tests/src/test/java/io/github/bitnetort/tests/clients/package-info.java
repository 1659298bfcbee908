/** The exported model and the op library in the hands of other runtimes, languages and frameworks; see {@code docs/}. */
package io.github.bitnetort.tests.clients;
