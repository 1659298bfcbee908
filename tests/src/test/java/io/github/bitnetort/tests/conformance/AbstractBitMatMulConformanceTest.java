package io.github.bitnetort.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** One implementation of the op on all cases that it covers: not one bit of Y may differ from what is expected. */
abstract class AbstractBitMatMulConformanceTest {
    private static final int REPORTED = 5;

    /** For the report. */
    abstract String implementation();

    /** Y, [m, N], in a new array. */
    abstract float[] compute(Case given) throws Exception;

    /** Whether this implementation promises the answer; false for what its own contract leaves out. */
    boolean covers(Case given) {
        return true;
    }

    /** Whether it is the function body, which may be off where a case has a tolerance. */
    boolean isPortableBody() {
        return false;
    }

    @TestFactory
    Stream<DynamicTest> noBitDiffers() {
        return Cases.groups().entrySet().stream().flatMap(group -> {
            List<Case> covered = group.getValue().stream().filter(this::covers).toList();
            return covered.isEmpty()
                    ? Stream.empty()
                    : Stream.of(dynamicTest(group.getKey() + ": " + covered.size() + " cases", () -> run(covered)));
        });
    }

    /** Whatever else is skipped, this says so: an implementation that covers nothing has not passed. */
    @Test
    void somethingIsCovered() {
        long covered = Cases.all().stream().filter(this::covers).count();
        System.out.println("conformance: " + implementation() + " is held to " + covered + " of "
                + Cases.all().size() + " cases");
        assertTrue(covered > 0, implementation() + " covers no case");
    }

    private void run(List<Case> cases) {
        List<String> failures = new ArrayList<>();
        for (Case given : cases) {
            try {
                String difference = difference(given, compute(given));
                if (difference != null) {
                    failures.add(given.replay() + ": " + difference);
                }
            } catch (Exception e) {
                failures.add(given.replay() + ": " + e);
            }
        }
        assertTrue(
                failures.isEmpty(),
                () -> implementation() + ": " + failures.size() + " of " + cases.size() + " cases differ\n"
                        + String.join("\n", failures.subList(0, Math.min(REPORTED, failures.size()))));
    }

    private String difference(Case given, float[] y) {
        return BitDifference.of(
                "Y",
                given.expected(),
                y,
                given.outputWidth(),
                index -> isPortableBody() ? given.tolerance(0, index) : -1);
    }
}
