package io.github.bitnetort.tests.gatedunit;

import io.github.bitnetort.natives.GatedUnit;
import io.github.bitnetort.ops.RmsNormProblem;
import io.github.bitnetort.tests.op.AbstractOpConformanceTest;
import io.github.bitnetort.tests.op.DirectBuffers;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;

class GatedUnitConformanceTest extends AbstractOpConformanceTest<GatedUnitCase> {
    GatedUnitConformanceTest() {
        super(GatedUnitCase.all(), 91);
    }

    @Override
    protected List<float[]> computeNatively(GatedUnitCase given, String isa) {
        Optional<RmsNormProblem> norm = given.spec().norm();
        if (norm.isEmpty()) {
            return given.computeNatively(
                    (x, m, y) -> GatedUnit.relu2(given.spec().n(), x, m, y));
        }
        FloatBuffer weight = DirectBuffers.of(norm.get().weight());
        return given.computeNatively(
                (x, m, y) -> GatedUnit.normedRelu2(norm.get().epsilon(), weight, x, m, y));
    }
}
