package io.github.bitnetort.tests.rmsnorm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.natives.RmsNorm;
import io.github.bitnetort.runtime.BitNetOps;
import io.github.bitnetort.tests.SingleNodeRun;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each implementation on all cases that it covers: not one bit of Y may differ from the oracle's. */
class RmsNormConformanceTest {
    private interface Implementation {
        float[] compute(RmsNormCase given) throws Exception;
    }

    @Test
    void nativeCode() throws Exception {
        hold("native code", RmsNormCase.all(), given -> {
            FloatBuffer y = direct(new float[given.expected().length]);
            int m = given.x().length / given.problem().n();
            RmsNorm.run(given.problem().epsilon(), direct(given.problem().weight()), direct(given.x()), m, y);
            float[] result = new float[y.capacity()];
            y.get(0, result);
            return result;
        });
    }

    /** Without a body, only the library can have answered. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void onnxRuntimeWithTheLibrary(int threads) throws Exception {
        hold("ONNX Runtime with the op library, " + threads + " threads", RmsNormCase.all(), given -> {
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setIntraOpNumThreads(threads);
                // More threads than cores must not spin against each other.
                options.addConfigEntry("session.intra_op.allow_spinning", "0");
                BitNetOps.register(options);
                return run(given, false, options);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"NO_OPT", "BASIC_OPT", "ALL_OPT"})
    void onnxRuntimeWithoutIt(OrtSession.SessionOptions.OptLevel level) throws Exception {
        List<RmsNormCase> finite =
                RmsNormCase.all().stream().filter(RmsNormCase::finite).toList();
        hold("ONNX Runtime without the op library, " + level, finite, given -> {
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setOptimizationLevel(level);
                options.setIntraOpNumThreads(1);
                return run(given, true, options);
            }
        });
    }

    private static void hold(String name, List<RmsNormCase> cases, Implementation implementation) throws Exception {
        assertTrue(cases.size() > 50, "cases: " + cases.size());
        for (RmsNormCase given : cases) {
            float[] y = implementation.compute(given);
            assertEquals(given.expected().length, y.length, name + ", " + given);
            for (int i = 0; i < y.length; i++) {
                int place = i;
                assertEquals(
                        Float.floatToRawIntBits(given.expected()[i]),
                        Float.floatToRawIntBits(y[i]),
                        () -> name + ", " + given + ", element " + place);
            }
        }
    }

    private static float[] run(RmsNormCase given, boolean functionBody, OrtSession.SessionOptions options)
            throws OrtException {
        return SingleNodeRun.of(
                given,
                given.model(functionBody).toBytes(),
                options,
                given.x(),
                given.shape(given.problem().n()),
                given.shape(given.problem().n()));
    }

    private static FloatBuffer direct(float[] values) {
        return ByteBuffer.allocateDirect(Float.BYTES * values.length)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer()
                .put(0, values);
    }
}
