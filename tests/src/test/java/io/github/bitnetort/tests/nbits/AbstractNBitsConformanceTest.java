package io.github.bitnetort.tests.nbits;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.ops.MatMulNBitsSpec;
import io.github.bitnetort.tests.conformance.BitDifference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One implementation on all cases that it covers: not one bit of Y may differ from the oracle's. */
abstract class AbstractNBitsConformanceTest {
    private static final int REPORTED = 5;

    /** For the report. */
    abstract String implementation();

    /** Y, [m, N], in a new array. */
    abstract float[] compute(NBitsCase given) throws Exception;

    /** Whether this implementation promises the answer. */
    boolean covers(NBitsCase given) {
        return true;
    }

    /** Whether sums over blocks may be in any order. */
    boolean addsBlocksInAnyOrder() {
        return false;
    }

    @Test
    void noBitDiffers() throws Exception {
        List<NBitsCase> cases = NBitsCase.all().stream().filter(this::covers).toList();
        List<String> failures = new ArrayList<>();
        for (NBitsCase given : cases) {
            String difference = difference(given, compute(given));
            if (difference != null) {
                failures.add(given + ": " + difference);
            }
        }
        System.out.println(
                "conformance: " + implementation() + " is held to " + cases.size() + " cases of 8 and 4 bits");
        assertTrue(cases.size() > 300, "cases: " + cases.size());
        assertTrue(
                failures.isEmpty(),
                () -> implementation() + ": " + failures.size() + " of " + cases.size() + " cases differ\n"
                        + String.join("\n", failures.subList(0, Math.min(REPORTED, failures.size()))));
    }

    private String difference(NBitsCase given, float[] y) {
        MatMulNBitsSpec spec = given.problem().spec();
        boolean exact = !addsBlocksInAnyOrder() || spec.blockSize() == 0;
        return BitDifference.of(
                given.expected(), y, spec.n(), i -> exact ? -1 : NBitsTolerance.of(given, i / spec.n(), i % spec.n()));
    }
}
