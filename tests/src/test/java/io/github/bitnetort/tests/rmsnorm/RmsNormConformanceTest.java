package io.github.bitnetort.tests.rmsnorm;

import io.github.bitnetort.natives.RmsNorm;
import io.github.bitnetort.ops.RmsNormProblem;
import io.github.bitnetort.tests.op.AbstractOpConformanceTest;
import io.github.bitnetort.tests.op.DirectBuffers;
import java.nio.FloatBuffer;
import java.util.List;

class RmsNormConformanceTest extends AbstractOpConformanceTest<RmsNormCase> {
    RmsNormConformanceTest() {
        super(RmsNormCase.all(), 51);
    }

    @Override
    protected List<float[]> computeNatively(RmsNormCase given, String isa) {
        RmsNormProblem problem = given.problem();
        FloatBuffer weight = DirectBuffers.of(problem.weight());
        return given.computeNatively((x, m, y) -> RmsNorm.run(problem.epsilon(), weight, x, m, y));
    }
}
