package io.github.bitnetort.tests.op;

import io.github.bitnetort.natives.OpKernelTable;
import io.github.bitnetort.runtime.WeightMemory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The same for a product with weights, which a session may hold in huge pages. */
public abstract class AbstractMatMulConformanceTest<C extends MatMulCase> extends AbstractKernelConformanceTest<C> {
    protected AbstractMatMulConformanceTest(
            List<C> cases, int leastCases, OpKernelTable kernels, Map<String, List<String>> features) {
        super(cases, leastCases, kernels, features);
    }

    @Test
    @EnabledIf(
            value = "io.github.bitnetort.tests.loading.HugePages#areAllowed",
            disabledReason = "this system gives no huge pages")
    void onnxRuntimeWithWeightsInHugePages() throws Exception {
        holdWithWeightsIn(WeightMemory.HUGE_PAGES);
    }
}
