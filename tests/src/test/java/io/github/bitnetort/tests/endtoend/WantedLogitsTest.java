package io.github.bitnetort.tests.endtoend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.github.bitnetort.export.ExportOptions;
import io.github.bitnetort.export.Operators;
import io.github.bitnetort.runtime.BitNetOps;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tokens whose logits are not wanted: what is left out behind the last layer's attention changes no bit of the logits that
 * are left, and none of the cache.
 */
class WantedLogitsTest {
    private static final int BATCH = 3;
    private static final int SEQ = 7;

    /** How many positions on the left of each row are padding. */
    private static final int[] PADDING = {0, 2, 4};

    private static final long WITHOUT = 2;

    /** Positions that are wanted: none, some, and at the end all. */
    private static final int[][] WANTED = {{}, {6}, {0}, {1, 4, 5}, {0, 1, 2, 3, 4, 5, 6}};

    static List<Fixture> fixtures() {
        return Fixture.all();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void plugInLeavesTheWantedLogitsAsTheyAre(Fixture fixture) throws Exception {
        compare(fixture.exported(), true);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void portableBodiesLeaveTheWantedLogitsAsTheyAre(Fixture fixture) throws Exception {
        compare(fixture.exported(), false);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void standardOperatorsLeaveTheWantedLogitsAsTheyAre(boolean plugIn) throws Exception {
        for (Fixture fixture : fixtures()) {
            compare(fixture.exported("-standard", ExportOptions.DEFAULT.withOperators(Operators.STANDARD)), plugIn);
        }
    }

    private static void compare(Path folder, boolean plugIn) throws Exception {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            if (plugIn) {
                BitNetOps.register(options);
            }
            try (OrtSession session =
                    environment.createSession(folder.resolve("model.onnx").toString(), options)) {
                Outputs all = run(session, WANTED[WANTED.length - 1]);
                for (int[] wanted : WANTED) {
                    compare(folder + ", wanted " + Arrays.toString(wanted), all, run(session, wanted), wanted);
                }
            }
        }
    }

    private static void compare(String what, Outputs all, Outputs some, int[] wanted) {
        int vocab = some.vocab;
        assertEquals(BATCH * wanted.length * vocab, some.logits.length, what);
        for (int row = 0; row < BATCH; row++) {
            for (int i = 0; i < wanted.length; i++) {
                assertArrayEquals(
                        bits(all.logits, (row * SEQ + wanted[i]) * vocab, vocab),
                        bits(some.logits, (row * wanted.length + i) * vocab, vocab),
                        what + ", row " + row + ", position " + wanted[i]);
            }
        }
        assertArrayEquals(bits(all.cache, 0, all.cache.length), bits(some.cache, 0, some.cache.length), what);
    }

    private record Outputs(float[] logits, int vocab, float[] cache) {}

    /** A run into an empty cache; {@code cache} is the last layer's keys. */
    private static Outputs run(OrtSession session, int[] wanted) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        long[] ids = new Random(5).longs(BATCH * SEQ, 0, 100).toArray();
        long[] mask = new long[BATCH * SEQ];
        Arrays.fill(mask, WITHOUT);
        for (int row = 0; row < BATCH; row++) {
            for (int position : wanted) {
                mask[row * SEQ + position] = 1;
            }
            Arrays.fill(mask, row * SEQ, row * SEQ + PADDING[row], 0);
        }
        long[] shape = {BATCH, SEQ};
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        try {
            inputs.put("input_ids", OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape));
            inputs.put("attention_mask", OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape));
            String lastKey = null;
            for (String input : session.getInputNames()) {
                if (!inputs.containsKey(input)) {
                    long[] past =
                            ((TensorInfo) session.getInputInfo().get(input).getInfo()).getShape();
                    inputs.put(input, OnnxTensor.createTensor(environment, FloatBuffer.allocate(0), new long[] {
                        BATCH, past[1], 0, past[3]
                    }));
                    lastKey = input.endsWith(".key") ? input.replace("past_key_values", "present") : lastKey;
                }
            }
            try (OrtSession.Result result = session.run(inputs)) {
                OnnxTensor logits = (OnnxTensor) result.get("logits").orElseThrow();
                long[] found = logits.getInfo().getShape();
                assertArrayEquals(new long[] {BATCH, wanted.length, found[2]}, found);
                return new Outputs(floats(logits), (int) found[2], floats((OnnxTensor)
                        result.get(lastKey).orElseThrow()));
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private static float[] floats(OnnxTensor tensor) {
        FloatBuffer buffer = tensor.getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private static int[] bits(float[] values, int from, int count) {
        int[] bits = new int[count];
        for (int i = 0; i < count; i++) {
            bits[i] = Float.floatToRawIntBits(values[from + i]);
        }
        return bits;
    }
}
