package io.github.bitnetort.tests.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.util.Random;

/** X, [m, K]. */
final class Activations {
    private Activations() {}

    static float[] random(int m, int k) {
        Random random = new Random(1);
        float[] x = new float[m * k];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    static OnnxTensor tensor(float[] x, int k) throws OrtException {
        return OnnxTensor.createTensor(
                OrtEnvironment.getEnvironment(), FloatBuffer.wrap(x), new long[] {x.length / k, k});
    }
}
