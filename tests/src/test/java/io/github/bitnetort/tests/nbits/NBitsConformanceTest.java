package io.github.bitnetort.tests.nbits;

import io.github.bitnetort.natives.NBitsMatMul;
import io.github.bitnetort.ops.MatMulNBitsSpec;
import io.github.bitnetort.tests.op.AbstractMatMulConformanceTest;
import io.github.bitnetort.tests.op.DirectBuffers;
import java.util.List;
import java.util.Map;

class NBitsConformanceTest extends AbstractMatMulConformanceTest<NBitsCase> {
    NBitsConformanceTest() {
        super(
                NBitsCase.all(),
                301,
                NBitsMatMul.KERNELS,
                Map.of("avx512_vnni", List.of("avx512", "avx512_vnni"), "avx2", List.of("avx2")));
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
        return given.computeNatively((x, m, y) -> NBitsMatMul.run(node, isa, x, m, y));
    }
}
