package io.github.bitnetort.tests.nbits;

import io.github.bitnetort.natives.HeadKernel;
import io.github.bitnetort.natives.NBitsMatMul;
import io.github.bitnetort.ops.MatMulNBitsSpec;
import io.github.bitnetort.tests.op.AbstractKernelConformanceTest;
import io.github.bitnetort.tests.op.DirectBuffers;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class NBitsConformanceTest extends AbstractKernelConformanceTest<NBitsCase> {
    NBitsConformanceTest() {
        super(NBitsCase.all(), 301);
    }

    @Override
    protected List<HeadKernel> kernels() {
        return NBitsMatMul.kernels();
    }

    @Override
    protected HeadKernel chosenKernel(String isas) {
        return NBitsMatMul.chosenKernel(isas);
    }

    @Override
    protected Map<String, List<String>> features() {
        return Map.of("avx512_vnni", List.of("avx512", "avx512_vnni"), "avx2", List.of("avx2"));
    }

    @Override
    protected List<float[]> computeNatively(NBitsCase given, String isa) {
        MatMulNBitsSpec spec = given.problem().spec();
        NBitsMatMul.Node node = new NBitsMatMul.Node(
                spec.n(),
                spec.k(),
                spec.bits(),
                spec.blockSize(),
                DirectBuffers.of(given.problem().weights()),
                DirectBuffers.of(given.problem().scale()));
        FloatBuffer y = DirectBuffers.of(new float[given.expected().length]);
        NBitsMatMul.run(node, isa, DirectBuffers.of(given.x()), given.m(), y);
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
