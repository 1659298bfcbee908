package io.github.bitnetort.export.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeRowsTest {
    /** Else a maximum without the absolute value, or another way to round, would look like the op's own. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 8, 9, 24, 31, 33, 64, 500, 2560})
    void theLargestHasBothSignsAndValuesLieOnBothSidesOfTheirCodes(int k) {
        ProbeRows rows = ProbeRows.of(k);
        boolean highest = false;
        boolean lowest = false;
        Set<String> sides = new HashSet<>();
        for (int i = 0; i < ProbeRows.TINY_ROW * k; i++) {
            byte code = rows.q()[i];
            highest |= code == 127;
            lowest |= code == -127;
            double scaled = rows.x()[i] * rows.s()[i / k];
            if (Math.abs(scaled - code) > 0.01) {
                sides.add((code > 0 ? "positive " : "negative ") + (scaled > code ? "above" : "below"));
            }
        }
        assertTrue(highest && lowest);
        assertEquals(4, sides.size(), sides::toString);
        assertEquals(1, rows.s()[0]);
    }

    /** Else a maximum over one leading dimension too many would not show. */
    @Test
    void noLeadingDimensionIsOne() {
        for (int rank = ProbeRows.MIN_RANK; rank <= ProbeRows.MAX_RANK; rank++) {
            int[] shape = ProbeRows.shape(rank, 24);
            assertEquals(rank, shape.length);
            assertTrue(Arrays.stream(shape).allMatch(dim -> dim > 1));
            assertEquals(ProbeRows.ROWS * 24, Arrays.stream(shape).reduce(1, Math::multiplyExact));
        }
        assertThrows(EvaluationException.class, () -> ProbeRows.shape(1, 24));
        assertThrows(EvaluationException.class, () -> ProbeRows.shape(5, 24));
    }
}
