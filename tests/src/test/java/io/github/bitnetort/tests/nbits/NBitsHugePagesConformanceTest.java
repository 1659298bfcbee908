package io.github.bitnetort.tests.nbits;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.runtime.BitNetOps;
import io.github.bitnetort.runtime.WeightMemory;
import org.junit.jupiter.api.condition.EnabledIf;

/** ONNX Runtime with the op library and weights in huge pages, where the system gives them. */
@EnabledIf(
        value = "io.github.bitnetort.tests.loading.HugePages#areAllowed",
        disabledReason = "this system gives no huge pages")
class NBitsHugePagesConformanceTest extends AbstractNBitsConformanceTest {
    @Override
    String implementation() {
        return "ONNX Runtime with the op library, huge pages";
    }

    @Override
    float[] compute(NBitsCase given) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(2);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            BitNetOps.register(options, WeightMemory.HUGE_PAGES);
            return NBitsSessions.run(given, false, options);
        }
    }
}
