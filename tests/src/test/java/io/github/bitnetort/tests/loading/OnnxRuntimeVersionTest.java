package io.github.bitnetort.tests.loading;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.SingleNodeModel;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMulProblem;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.PackedWeights;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.ops.RandomProblems;
import io.github.bitnetort.ops.ScalarBitMatMul;
import io.github.bitnetort.ops.WeightPacker;
import io.github.bitnetort.runtime.BitNetOps;
import io.github.bitnetort.runtime.WeightMemory;
import io.github.bitnetort.tests.OpSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The same library file in the newest ONNX Runtime for Java and, in Surefire executions with those on the class path, in
 * the oldest that is tested and in the oldest that runs exported models.
 */
class OnnxRuntimeVersionTest {
    private static final BitMatMulSpec SPEC = new BitMatMulSpec(33, 100, Packing.TERNARY16, Activation.INT8, 0);
    private static final float[] SCALE = {0.37f};
    private static final int M = 3;

    private final Random random = new Random(42);

    @Test
    void libraryAndBodyGiveTheOraclesBits() throws Exception {
        String version = OrtEnvironment.getEnvironment().getVersion();
        assertEquals(
                System.getProperty("test.onnxruntime.version"),
                version,
                "this execution is to run another ONNX Runtime");

        PackedWeights weights = weights();
        float[] x = RandomProblems.floats(M * SPEC.k(), random);
        float[] y = new float[M * SPEC.n()];
        new ScalarBitMatMul().compute(new BitMatMulProblem(SPEC, weights, SCALE, null), x, M, y);

        SingleNodeModel model = SingleNodeModel.of(SPEC, weights, SCALE, null);
        try (OpSession plugIn = OpSession.withPlugIn(model, 1);
                OpSession portable = OpSession.portable(model, 1)) {
            assertArrayEquals(y, plugIn.run(x, M));
            assertArrayEquals(y, portable.run(x, M));
        }
        System.out.println("ONNX Runtime " + version + ": library and function body give the oracle's bits");
    }

    /** Before 1.24 the library reads the entry when it is registered, since then when a kernel is created. */
    @Test
    void theMemoryOfTheWeightsIsRead() throws Exception {
        byte[] model = SingleNodeModel.of(SPEC, weights(), SCALE, null).toBytes();
        for (String good : List.of("mapped", HugePages.areAllowed() ? "huge_pages" : "mapped")) {
            open(model, good);
        }
        List<String> unknown = new ArrayList<>(List.of("huge", "x".repeat(100)));
        if (!HugePages.areAllowed()) {
            unknown.add("huge_pages");
        }
        for (String bad : unknown) {
            OrtException refused = assertThrows(OrtException.class, () -> open(model, bad), bad);
            System.out.println(refused.getMessage());
            String wanted = bad.equals("huge_pages")
                    ? "huge pages: found"
                    : "session configuration entry ai.bitnet.weights: found '";
            assertTrue(refused.getMessage().contains(wanted), refused::getMessage);
        }
    }

    private static void open(byte[] model, String weightMemory) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.addConfigEntry(WeightMemory.CONFIG_ENTRY, weightMemory);
            BitNetOps.register(options);
            OrtEnvironment.getEnvironment().createSession(model, options).close();
        }
    }

    private PackedWeights weights() {
        int[] words = WeightPacker.pack(SPEC.layout(), (n, dst, offset) -> {
            for (int k = 0; k < SPEC.k(); k++) {
                dst[offset + k] = (byte) (random.nextInt(3) - 1);
            }
        });
        return PackedWeights.of(SPEC.layout(), words);
    }
}
