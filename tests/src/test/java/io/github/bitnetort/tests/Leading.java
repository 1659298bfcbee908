package io.github.bitnetort.tests;

import java.util.Arrays;
import java.util.List;

/** Leading dimensions for the rows of a case, so that cases meet every rank that an op takes. */
public final class Leading {
    /** None, one and two, no rows among them. */
    public static final List<long[]> EACH_RANK = List.of(
            new long[] {}, new long[] {0}, new long[] {1}, new long[] {5}, new long[] {2, 0}, new long[] {2, 3});

    private Leading() {}

    /** How many rows there are. */
    public static int rows(long[] leading) {
        return Math.toIntExact(Arrays.stream(leading).reduce(1, Math::multiplyExact));
    }

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
