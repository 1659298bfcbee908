package io.github.bitnetort.tests.f16;

import io.github.bitnetort.natives.F16MatMul;
import io.github.bitnetort.ops.MatMulF16Problem;
import io.github.bitnetort.tests.op.AbstractMatMulConformanceTest;
import io.github.bitnetort.tests.op.DirectBuffers;
import java.util.List;
import java.util.Map;

class F16ConformanceTest extends AbstractMatMulConformanceTest<F16Case> {
    F16ConformanceTest() {
        super(
                F16Case.all(),
                201,
                F16MatMul.KERNELS,
                Map.of("avx512_vnni", List.of("avx512", "avx512_vnni"), "avx2", List.of("avx2", "fma", "f16c")));
    }

    @Override
    protected List<float[]> computeNatively(F16Case given, String isa) {
        MatMulF16Problem problem = given.problem();
        F16MatMul.Node node = new F16MatMul.Node(problem.n(), problem.k(), DirectBuffers.of(problem.weights()));
        return given.computeNatively((x, m, y) -> F16MatMul.run(node, isa, x, m, y));
    }
}
