package io.github.bitnetort.tests.f16;

import io.github.bitnetort.natives.F16MatMul;
import io.github.bitnetort.natives.HeadKernel;
import io.github.bitnetort.ops.MatMulF16Problem;
import io.github.bitnetort.tests.op.AbstractKernelConformanceTest;
import io.github.bitnetort.tests.op.DirectBuffers;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class F16ConformanceTest extends AbstractKernelConformanceTest<F16Case> {
    F16ConformanceTest() {
        super(F16Case.all(), 201);
    }

    @Override
    protected List<HeadKernel> kernels() {
        return F16MatMul.kernels();
    }

    @Override
    protected HeadKernel chosenKernel(String isas) {
        return F16MatMul.chosenKernel(isas);
    }

    @Override
    protected Map<String, List<String>> features() {
        return Map.of("avx512_vnni", List.of("avx512", "avx512_vnni"), "avx2", List.of("avx2", "fma", "f16c"));
    }

    @Override
    protected List<float[]> computeNatively(F16Case given, String isa) {
        MatMulF16Problem problem = given.problem();
        F16MatMul.Node node = new F16MatMul.Node(problem.n(), problem.k(), DirectBuffers.of(problem.weights()));
        FloatBuffer y = DirectBuffers.of(new float[given.expected().length]);
        F16MatMul.run(node, isa, DirectBuffers.of(given.x()), given.m(), y);
        return List.of(DirectBuffers.toArray(y));
    }

    @Test
    @EnabledIf(
            value = "io.github.bitnetort.tests.loading.HugePages#areAllowed",
            disabledReason = "this system gives no huge pages")
    void onnxRuntimeWithWeightsInHugePages() throws Exception {
        holdInHugePages();
    }
}
