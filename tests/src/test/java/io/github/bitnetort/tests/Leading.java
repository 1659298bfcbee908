package io.github.bitnetort.tests;

/** Leading dimensions for the rows of a case, so that cases meet every rank that an op takes. */
public final class Leading {
    private Leading() {}

    /**
     * X's leading dimensions, whose product is M: none, one or two.
     *
     * @param n outputs, by which the choice differs between cases of one row
     */
    public static long[] dimensions(int m, int n) {
        if (m == 1 && n % 2 == 0) {
            return new long[0];
        }
        return m % 3 == 0 && m > 0 ? new long[] {3, m / 3} : new long[] {m};
    }
}
