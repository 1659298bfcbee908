package io.github.bitnetort.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.SingleNodeModel;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMulProblem;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.PackedWeights;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.ops.ScalarBitMatMul;
import io.github.bitnetort.ops.WeightPacker;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Random;

/** A model of one CustomBitMatMul node without the portable body, so that it runs with the op library or not at all. */
final class Models {
    private static final int N = 35;
    private static final int K = 70;
    private static final int ROWS = 3;
    private static final int SEED = 11;

    private static final BitMatMulSpec SPEC = new BitMatMulSpec(N, K, Packing.TERNARY16, Activation.INT8, 0);
    private static final PackedWeights WEIGHTS = weights();
    private static final float[] SCALE = {0.125f};
    private static final float[] X = x();

    static final byte[] MODEL = SingleNodeModel.of(SPEC, WEIGHTS, SCALE, null)
            .withFunctionBody(false)
            .toBytes();

    /** What the model must give for the input that {@link #run} feeds. */
    static final float[] EXPECTED = expected();

    private Models() {}

    static float[] run(OrtSession session) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OnnxTensor x = OnnxTensor.createTensor(environment, FloatBuffer.wrap(X), new long[] {ROWS, K});
                OrtSession.Result result = session.run(Map.of("X", x))) {
            FloatBuffer y = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] values = new float[y.remaining()];
            y.get(values);
            return values;
        }
    }

    private static PackedWeights weights() {
        Random random = new Random(SEED);
        int[] words = WeightPacker.pack(SPEC.layout(), (n, row, offset) -> {
            for (int k = 0; k < K; k++) {
                row[offset + k] = (byte) (random.nextInt(3) - 1);
            }
        });
        return PackedWeights.of(SPEC.layout(), words);
    }

    private static float[] x() {
        Random random = new Random(SEED);
        float[] x = new float[ROWS * K];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    private static float[] expected() {
        float[] y = new float[ROWS * N];
        new ScalarBitMatMul().compute(new BitMatMulProblem(SPEC, WEIGHTS, SCALE, null), X, ROWS, y);
        return y;
    }
}
