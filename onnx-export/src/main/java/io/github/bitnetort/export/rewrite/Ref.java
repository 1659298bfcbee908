package io.github.bitnetort.export.rewrite;

/**
 * A value: its name, and the graph that defines it (its own name may be seen from graphs inside that one).
 *
 * @param scope compared by identity
 */
record Ref(Scope scope, String name) {}
