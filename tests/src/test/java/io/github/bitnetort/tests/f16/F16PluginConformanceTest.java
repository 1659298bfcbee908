package io.github.bitnetort.tests.f16;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.runtime.BitNetOps;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** ONNX Runtime with the op library, at several thread counts; without a body, only the library can have answered. */
@ParameterizedClass
@ValueSource(ints = {1, 2, 4})
class F16PluginConformanceTest extends AbstractF16ConformanceTest {
    private final int threads;

    F16PluginConformanceTest(int threads) {
        this.threads = threads;
    }

    @Override
    String implementation() {
        return "ONNX Runtime with the op library, " + threads + " threads";
    }

    @Override
    float[] compute(F16Case given) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            // More threads than cores must not spin against each other.
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            BitNetOps.register(options);
            return F16Sessions.run(given, false, options);
        }
    }
}
