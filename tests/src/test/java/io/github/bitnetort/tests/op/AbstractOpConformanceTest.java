package io.github.bitnetort.tests.op;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtSession;
import io.github.bitnetort.runtime.WeightMemory;
import io.github.bitnetort.tests.conformance.BitDifference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each implementation of an op on all cases that it covers: not one bit of an output may differ from the oracle's. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class AbstractOpConformanceTest<C extends OpCase> {
    private static final int REPORTED = 5;

    private final List<C> cases;
    private final int leastCases;

    /**
     * @param cases all cases of the op
     * @param leastCases how many each implementation must meet
     */
    protected AbstractOpConformanceTest(List<C> cases, int leastCases) {
        this.cases = cases;
        this.leastCases = leastCases;
    }

    /** How one implementation answers a case: the outputs in the order of {@link OpCase#outputs()}. */
    protected interface Implementation<C> {
        List<float[]> compute(C given) throws Exception;
    }

    /** The instruction sets that the native code is run with; one piece of code for all has no name. */
    protected List<String> isas() {
        return List.of("");
    }

    /** Outputs through the flat C API, each in a new array. */
    protected abstract List<float[]> computeNatively(C given, String isa);

    @ParameterizedTest
    @MethodSource("isas")
    void nativeCode(String isa) throws Exception {
        hold(("native " + isa).strip(), cases, given -> computeNatively(given, isa), false);
    }

    /** Without a body, only the library can have answered. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void onnxRuntimeWithTheLibrary(int threads) throws Exception {
        String name = "ONNX Runtime with the op library, " + threads + " threads";
        hold(name, cases, sessions(() -> OpOptions.withLibrary(threads), false), false);
    }

    @ParameterizedTest
    @EnumSource(names = {"NO_OPT", "BASIC_OPT", "ALL_OPT"})
    void onnxRuntimeWithoutIt(OrtSession.SessionOptions.OptLevel level) throws Exception {
        List<C> portable = cases.stream().filter(OpCase::isPortable).toList();
        String name = "ONNX Runtime without the op library, " + level;
        hold(name, portable, sessions(() -> OpOptions.withoutLibrary(level), true), true);
    }

    /** Through ONNX Runtime with the op library, whose weights are in that memory. */
    final void holdWithWeightsIn(WeightMemory memory) throws Exception {
        String name = "ONNX Runtime with the op library, weights in " + memory;
        hold(name, cases, sessions(() -> OpOptions.withLibrary(2, memory), false), false);
    }

    private Implementation<C> sessions(Callable<OrtSession.SessionOptions> newOptions, boolean functionBody) {
        return given -> {
            try (OrtSession.SessionOptions options = newOptions.call()) {
                return OpRun.of(given, functionBody, options);
            }
        };
    }

    private void hold(String name, List<C> covered, Implementation<C> implementation, boolean isBody) throws Exception {
        List<String> failures = new ArrayList<>();
        for (C given : covered) {
            String difference = difference(given, implementation.compute(given), isBody);
            if (difference != null) {
                failures.add(given + ": " + difference);
            }
        }
        System.out.println("conformance: " + name + " is held to " + covered.size() + " cases of "
                + cases.get(0).opType());
        assertTrue(covered.size() >= leastCases, "cases: " + covered.size());
        assertTrue(
                failures.isEmpty(),
                () -> name + ": " + failures.size() + " of " + covered.size() + " cases differ\n"
                        + String.join("\n", failures.subList(0, Math.min(REPORTED, failures.size()))));
    }

    private static String difference(OpCase given, List<float[]> found, boolean isBody) {
        List<OpTensor> outputs = given.outputs();
        if (found.size() != outputs.size()) {
            return "found " + found.size() + " outputs, wanted " + outputs.size();
        }
        for (int i = 0; i < outputs.size(); i++) {
            int output = i;
            OpTensor wanted = outputs.get(i);
            long[] shape = wanted.shape();
            String difference = BitDifference.of(
                    wanted.name(),
                    wanted.floats(),
                    found.get(i),
                    Math.toIntExact(shape[shape.length - 1]),
                    index -> isBody ? given.tolerance(output, index) : -1);
            if (difference != null) {
                return difference;
            }
        }
        return null;
    }
}
