package io.github.bitnetort.ops;

import java.util.Optional;

/**
 * The attributes and the constant of one CustomGatedUnit, checked.
 *
 * @param n output width, 1..{@link CustomGatedUnit#MAX_N}
 * @param norm what follows the unit, of as many columns
 */
public record GatedUnitSpec(int n, Optional<RmsNormProblem> norm) {
    /** The value of the attribute {@code activation}: the square of what is above 0. There is no other. */
    public static final String RELU2 = "relu2";

    /** @throws IllegalArgumentException naming the attribute, the value found and the value wanted */
    public GatedUnitSpec {
        Checks.range("N", n, 1, CustomGatedUnit.MAX_N);
        norm.ifPresent(problem -> {
            if (problem.n() != n) {
                throw new IllegalArgumentException("weight: found " + problem.n() + " elements, wanted N = " + n);
            }
        });
    }

    /** A unit that no norm follows. */
    public GatedUnitSpec(int n) {
        this(n, Optional.empty());
    }

    /** Width of X. */
    public int width() {
        return 2 * n;
    }
}
