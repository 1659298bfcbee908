package io.github.bitnetort.tests.nbits;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** ONNX Runtime without the op library: the portable function body, at each level of optimization. */
@ParameterizedClass
@EnumSource(names = {"NO_OPT", "BASIC_OPT", "ALL_OPT"})
class NBitsBodyConformanceTest extends AbstractNBitsConformanceTest {
    private final OrtSession.SessionOptions.OptLevel level;

    NBitsBodyConformanceTest(OrtSession.SessionOptions.OptLevel level) {
        this.level = level;
    }

    @Override
    String implementation() {
        return "ONNX Runtime without the op library, " + level;
    }

    @Override
    boolean covers(NBitsCase given) {
        return given.content() != NBitsCase.Content.NOT_FINITE;
    }

    @Override
    boolean addsBlocksInAnyOrder() {
        return true;
    }

    @Override
    float[] compute(NBitsCase given) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(level);
            options.setIntraOpNumThreads(1);
            return NBitsSessions.run(given, true, options);
        }
    }
}
