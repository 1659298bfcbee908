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
        FloatBuffer y = DirectBuffers.of(new float[given.expected().length]);
        long m = given.x().length / problem.n();
        RmsNorm.run(problem.epsilon(), DirectBuffers.of(problem.weight()), DirectBuffers.of(given.x()), m, y);
        return List.of(DirectBuffers.toArray(y));
    }
}
