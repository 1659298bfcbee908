package io.github.bitnetort.ops;

/**
 * The attributes of one CustomGatedUnit, checked.
 *
 * @param n output width, 1..{@link CustomGatedUnit#MAX_N}
 */
public record GatedUnitSpec(int n) {
    /** The value of the attribute {@code activation}: the square of what is above 0. There is no other. */
    public static final String RELU2 = "relu2";

    /** @throws IllegalArgumentException naming the attribute, the value found and the value wanted */
    public GatedUnitSpec {
        Checks.range("N", n, 1, CustomGatedUnit.MAX_N);
    }

    /** Width of X. */
    public int width() {
        return 2 * n;
    }
}
