package io.github.bitnetort.tests.attention;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.ops.CustomGroupQueryAttention;
import io.github.bitnetort.tests.conformance.BitDifference;
import io.github.bitnetort.tests.op.DirectBuffers;
import io.github.bitnetort.tests.op.OpOptions;
import io.github.bitnetort.tests.op.OpTensor;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Past and present in one buffer, as the generator binds them: ONNX Runtime with the op library and without it. */
class AttentionInPlaceTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void theLibraryWritesTheNewColumnsAlone(int threads) throws Exception {
        for (AttentionCase given : cases()) {
            try (OrtSession.SessionOptions options = OpOptions.withLibrary(threads)) {
                hold(given, options, false);
            }
        }
    }

    @Test
    void theBodyGivesTheSameCache() throws Exception {
        for (AttentionCase given : cases()) {
            if (given.isPortable()) {
                try (OrtSession.SessionOptions options =
                        OpOptions.withoutLibrary(OrtSession.SessionOptions.OptLevel.ALL_OPT)) {
                    hold(given, options, true);
                }
            }
        }
    }

    private static List<AttentionCase> cases() {
        List<AttentionCase> cases = AttentionCases.all().stream()
                .filter(AttentionCase::mayRunInPlace)
                .filter(given -> given.given().batch() > 0 && given.given().tokens() > 0)
                .toList();
        assertTrue(cases.size() > 100, "cases: " + cases.size());
        return cases;
    }

    private static void hold(AttentionCase given, OrtSession.SessionOptions options, boolean isBody) throws Exception {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
        List<FloatBuffer> written = new ArrayList<>();
        try (OrtSession session = environment.createSession(ModelWriter.toBytes(given.model(isBody)), options)) {
            Map<String, FloatBuffer> floats = new LinkedHashMap<>();
            for (OpTensor input : given.inputs()) {
                if (input.values() instanceof LongBuffer longs) {
                    inputs.put(input.name(), OnnxTensor.createTensor(environment, longs.duplicate(), input.shape()));
                } else {
                    floats.put(input.name(), DirectBuffers.of(input.floats()));
                    inputs.put(
                            input.name(),
                            OnnxTensor.createTensor(environment, floats.get(input.name()), input.shape()));
                }
            }
            OpTensor y = given.outputs().get(0);
            written.add(DirectBuffers.of(new float[y.floats().length]));
            outputs.put(y.name(), OnnxTensor.createTensor(environment, written.get(0), y.shape()));
            bind(
                    CustomGroupQueryAttention.PAST_KEY.name(),
                    CustomGroupQueryAttention.PRESENT_KEY.name(),
                    inputs,
                    outputs);
            bind(
                    CustomGroupQueryAttention.PAST_VALUE.name(),
                    CustomGroupQueryAttention.PRESENT_VALUE.name(),
                    inputs,
                    outputs);
            written.add(floats.get(CustomGroupQueryAttention.PAST_KEY.name()));
            written.add(floats.get(CustomGroupQueryAttention.PAST_VALUE.name()));
            session.run(inputs, outputs).close();
        } finally {
            inputs.values().forEach(OnnxTensor::close);
            outputs.values().forEach(OnnxTensor::close);
        }
        for (int i = 0; i < written.size(); i++) {
            int output = i;
            OpTensor wanted = given.outputs().get(i);
            assertNull(
                    BitDifference.of(
                            wanted.name(),
                            wanted.floats(),
                            DirectBuffers.toArray(written.get(i)),
                            given.problem().spec().headDim(),
                            index -> isBody ? given.tolerance(output, index) : -1),
                    given::toString);
        }
    }

    private static void bind(
            String past, String present, Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {
        outputs.put(present, inputs.get(past));
    }
}
