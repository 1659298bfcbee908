package io.github.bitnetort.tests.f16;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.tests.conformance.BitDifference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One implementation on all cases that it covers: not one bit of Y may differ from the oracle's. */
abstract class AbstractF16ConformanceTest {
    private static final int REPORTED = 5;

    /** For the report. */
    abstract String implementation();

    /** Y, [m, N], in a new array. */
    abstract float[] compute(F16Case given) throws Exception;

    /** Whether it is the portable body: of finite numbers, and with sums in any order. */
    boolean isPortableBody() {
        return false;
    }

    @Test
    void noBitDiffers() throws Exception {
        List<F16Case> cases = F16Case.all().stream()
                .filter(given -> given.isPortable() || !isPortableBody())
                .toList();
        List<String> failures = new ArrayList<>();
        for (F16Case given : cases) {
            String difference = BitDifference.of(
                    given.expected(),
                    compute(given),
                    given.problem().n(),
                    i -> isPortableBody() ? given.tolerance(i) : -1);
            if (difference != null) {
                failures.add(given + ": " + difference);
            }
        }
        System.out.println("conformance: " + implementation() + " is held to " + cases.size() + " cases of float16");
        assertTrue(cases.size() > 200, "cases: " + cases.size());
        assertTrue(
                failures.isEmpty(),
                () -> implementation() + ": " + failures.size() + " of " + cases.size() + " cases differ\n"
                        + String.join("\n", failures.subList(0, Math.min(REPORTED, failures.size()))));
    }
}
