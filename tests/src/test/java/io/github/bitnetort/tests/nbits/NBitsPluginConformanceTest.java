package io.github.bitnetort.tests.nbits;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.runtime.BitNetOps;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** ONNX Runtime with the op library, at several thread counts; without a body, only the library can have answered. */
@ParameterizedClass
@ValueSource(ints = {1, 2, 4})
class NBitsPluginConformanceTest extends AbstractNBitsConformanceTest {
    private final int threads;

    NBitsPluginConformanceTest(int threads) {
        this.threads = threads;
    }

    @Override
    String implementation() {
        return "ONNX Runtime with the op library, " + threads + " threads";
    }

    @Override
    float[] compute(NBitsCase given) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            // More threads than cores must not spin against each other.
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            BitNetOps.register(options);
            return NBitsSessions.run(given, false, options);
        }
    }
}
