package io.github.bitnetort.tests.conformance;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.tests.op.OpOptions;
import io.github.bitnetort.tests.op.OpRun;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * ONNX Runtime with the op library, at several thread counts. The models have no function body: only the library can
 * have computed the answer.
 */
@ParameterizedClass
@ValueSource(ints = {1, 2, 4})
class OrtPluginConformanceTest extends AbstractBitMatMulConformanceTest {
    private final int threads;

    OrtPluginConformanceTest(int threads) {
        this.threads = threads;
    }

    @Override
    String implementation() {
        return "ONNX Runtime with the op library, " + threads + " threads";
    }

    @Override
    float[] compute(Case given) throws OrtException {
        try (OrtSession.SessionOptions options = OpOptions.withLibrary(threads)) {
            return OpRun.of(given, false, options).get(0);
        }
    }
}
