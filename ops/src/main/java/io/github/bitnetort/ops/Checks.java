package io.github.bitnetort.ops;

import java.util.List;

/** Refusals in one wording: what, found, wanted. */
final class Checks {
    private Checks() {}

    static void range(String what, long found, long min, long max) {
        if (found < min || found > max) {
            throw new IllegalArgumentException(what + ": found " + found + ", wanted " + min + ".." + max);
        }
    }

    static void oneOf(String what, int found, List<Integer> wanted) {
        if (!wanted.contains(found)) {
            throw new IllegalArgumentException(what + ": found " + found + ", wanted one of " + wanted);
        }
    }

    static void present(String what, Object value) {
        if (value == null) {
            throw new IllegalArgumentException(what + ": found none, wanted one");
        }
    }

    static void length(String what, long found, long wanted) {
        if (found != wanted) {
            throw new IllegalArgumentException(what + ": found length " + found + ", wanted " + wanted);
        }
    }

    static void atLeast(String what, long found, long wanted) {
        if (found < wanted) {
            throw new IllegalArgumentException(what + ": found length " + found + ", wanted at least " + wanted);
        }
    }

    static void finite(String what, int index, float value) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException(what + "[" + index + "]: found " + value + ", wanted a finite number");
        }
    }
}
