package io.github.bitnetort.tests.f16;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** ONNX Runtime without the op library: the portable function body, at each level of optimization. */
@ParameterizedClass
@EnumSource(names = {"NO_OPT", "BASIC_OPT", "ALL_OPT"})
class F16BodyConformanceTest extends AbstractF16ConformanceTest {
    private final OrtSession.SessionOptions.OptLevel level;

    F16BodyConformanceTest(OrtSession.SessionOptions.OptLevel level) {
        this.level = level;
    }

    @Override
    String implementation() {
        return "ONNX Runtime without the op library, " + level;
    }

    @Override
    boolean isPortableBody() {
        return true;
    }

    @Override
    float[] compute(F16Case given) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(level);
            options.setIntraOpNumThreads(1);
            return F16Sessions.run(given, true, options);
        }
    }
}
