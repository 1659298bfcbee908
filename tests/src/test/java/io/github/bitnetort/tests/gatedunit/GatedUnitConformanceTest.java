package io.github.bitnetort.tests.gatedunit;

import io.github.bitnetort.natives.GatedUnit;
import io.github.bitnetort.tests.op.AbstractOpConformanceTest;
import io.github.bitnetort.tests.op.DirectBuffers;
import java.nio.FloatBuffer;
import java.util.List;

class GatedUnitConformanceTest extends AbstractOpConformanceTest<GatedUnitCase> {
    GatedUnitConformanceTest() {
        super(GatedUnitCase.all(), 91);
    }

    @Override
    protected List<float[]> computeNatively(GatedUnitCase given, String isa) {
        FloatBuffer y = DirectBuffers.of(new float[given.expected().length]);
        long m = given.x().length / given.inputWidth();
        FloatBuffer x = DirectBuffers.of(given.x());
        given.spec()
                .norm()
                .ifPresentOrElse(
                        norm -> GatedUnit.normedRelu2(norm.epsilon(), DirectBuffers.of(norm.weight()), x, m, y),
                        () -> GatedUnit.relu2(given.spec().n(), x, m, y));
        return List.of(DirectBuffers.toArray(y));
    }
}
