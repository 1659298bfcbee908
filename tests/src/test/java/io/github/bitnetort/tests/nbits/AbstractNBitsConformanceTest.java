package io.github.bitnetort.tests.nbits;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.ops.MatMulNBitsSpec;
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
        float[] expected = given.expected();
        if (y.length != expected.length) {
            return "Y has " + y.length + " elements, wanted " + expected.length;
        }
        for (int i = 0; i < y.length; i++) {
            if (Float.floatToRawIntBits(y[i]) == Float.floatToRawIntBits(expected[i])) {
                continue;
            }
            double tolerance = addsBlocksInAnyOrder() && spec.blockSize() > 0
                    ? NBitsTolerance.of(given, i / spec.n(), i % spec.n())
                    : -1;
            if (!(Math.abs((double) y[i] - expected[i]) <= tolerance)) {
                return "Y[" + i / spec.n() + ", " + i % spec.n() + "]: found " + hex(y[i]) + ", wanted "
                        + hex(expected[i]) + (tolerance >= 0 ? " within " + tolerance : "");
            }
        }
        return null;
    }

    private static String hex(float value) {
        return value + String.format(" (%08x)", Float.floatToRawIntBits(value));
    }
}
