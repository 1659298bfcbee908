package io.github.bitnetort.tests.conformance;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.tests.op.OpOptions;
import io.github.bitnetort.tests.op.OpRun;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * ONNX Runtime without the op library: the portable function body, at each level of optimization. It promises the bits
 * on finite input; with a block size, {@link BlockTolerance}.
 */
@ParameterizedClass
@EnumSource(names = {"NO_OPT", "BASIC_OPT", "ALL_OPT"})
class OrtPortableBodyConformanceTest extends AbstractBitMatMulConformanceTest {
    private final OrtSession.SessionOptions.OptLevel level;

    OrtPortableBodyConformanceTest(OrtSession.SessionOptions.OptLevel level) {
        this.level = level;
    }

    @Override
    String implementation() {
        return "ONNX Runtime without the op library, " + level;
    }

    @Override
    boolean covers(Case given) {
        return given.portable();
    }

    @Override
    boolean isPortableBody() {
        return true;
    }

    @Override
    float[] compute(Case given) throws OrtException {
        try (OrtSession.SessionOptions options = OpOptions.withoutLibrary(level)) {
            return OpRun.of(given, true, options).get(0);
        }
    }
}
