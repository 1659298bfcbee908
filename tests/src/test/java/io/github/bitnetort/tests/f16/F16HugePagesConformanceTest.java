package io.github.bitnetort.tests.f16;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.runtime.BitNetOps;
import io.github.bitnetort.runtime.WeightMemory;
import org.junit.jupiter.api.condition.EnabledIf;

/** ONNX Runtime with the op library and weights in huge pages, where the system gives them. */
@EnabledIf(
        value = "io.github.bitnetort.tests.loading.HugePages#areAllowed",
        disabledReason = "this system gives no huge pages")
class F16HugePagesConformanceTest extends AbstractF16ConformanceTest {
    @Override
    String implementation() {
        return "ONNX Runtime with the op library, huge pages";
    }

    @Override
    float[] compute(F16Case given) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(2);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            BitNetOps.register(options, WeightMemory.HUGE_PAGES);
            return F16Sessions.run(given, false, options);
        }
    }
}
