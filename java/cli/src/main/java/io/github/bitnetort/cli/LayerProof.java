package io.github.bitnetort.cli;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.ExportedBitMatMul;
import io.github.bitnetort.export.SingleNodeModel;
import io.github.bitnetort.ops.BitMatMul;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.runtime.BitNetOps;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Random;

/**
 * Computes a model's layer three ways on the same input and counts the bits that differ: the op library in ONNX Runtime,
 * the function body of standard operators in ONNX Runtime, and pure Java.
 */
final class LayerProof {
    private static final long SEED = 1;
    private static final int ROWS = 4;

    private final OrtEnvironment environment;
    private final BitMatMul java;
    private final Random random = new Random(SEED);

    /**
     * @param node the layer
     * @param outputs floats that were compared, each way
     * @param libraryBits bits in which the library's differ from pure Java's
     * @param bodyBits bits in which the function body's differ from pure Java's
     */
    record Row(ExportedBitMatMul node, int outputs, long libraryBits, long bodyBits) {
        boolean isExact() {
            return libraryBits == 0 && bodyBits == 0;
        }
    }

    LayerProof(OrtEnvironment environment, BitMatMul java) {
        this.environment = environment;
        this.java = java;
    }

    /** What the inputs are, in words. */
    static String describeInput() {
        return ROWS + " rows of normally distributed activations, seed " + SEED;
    }

    Row compare(ExportedBitMatMul node) throws OrtException {
        int n = node.spec().n();
        int k = node.spec().k();
        float[] x = new float[ROWS * k];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        float[] expected = new float[ROWS * n];
        java.compute(node.problem(), x, ROWS, expected);
        byte[] model = SingleNodeModel.of(node.spec(), node.weights(), node.scale(), node.bias())
                .toBytes();
        long libraryBits = differingBits(expected, run(model, true, x, k));
        long bodyBits = differingBits(expected, run(model, false, x, k));
        return new Row(node, expected.length, libraryBits, bodyBits);
    }

    private float[] run(byte[] model, boolean library, float[] x, int k) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            if (library) {
                BitNetOps.register(options);
            }
            try (OrtSession session = environment.createSession(model, options);
                    OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(x), new long[] {ROWS, k});
                    OrtSession.Result result = session.run(Map.of(CustomBitMatMul.X.name(), input))) {
                FloatBuffer output = ((OnnxTensor) result.get(0)).getFloatBuffer();
                float[] y = new float[output.remaining()];
                output.get(y);
                return y;
            }
        }
    }

    static long differingBits(float[] expected, float[] found) {
        if (expected.length != found.length) {
            throw new IllegalStateException("outputs: found " + found.length + ", wanted " + expected.length);
        }
        long bits = 0;
        for (int i = 0; i < expected.length; i++) {
            bits += Integer.bitCount(Float.floatToRawIntBits(expected[i]) ^ Float.floatToRawIntBits(found[i]));
        }
        return bits;
    }
}
