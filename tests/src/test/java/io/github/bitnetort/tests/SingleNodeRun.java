package io.github.bitnetort.tests;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;

/** One run of a model of one node, whose input is X, in a session of its own. */
public final class SingleNodeRun {
    private SingleNodeRun() {}

    /**
     * Y of any rank.
     *
     * @param what for messages
     * @param wantedShape what Y's must be
     */
    public static float[] of(
            Object what, byte[] model, OrtSession.SessionOptions options, float[] x, long[] shape, long[] wantedShape)
            throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(model, options);
                OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(x), shape);
                OrtSession.Result result = session.run(Map.of("X", input))) {
            OnnxTensor y = (OnnxTensor) result.get(0);
            if (!Arrays.equals(wantedShape, y.getInfo().getShape())) {
                throw new AssertionError(what + ": Y has shape "
                        + Arrays.toString(y.getInfo().getShape()) + ", wanted " + Arrays.toString(wantedShape));
            }
            FloatBuffer buffer = y.getFloatBuffer();
            float[] values = new float[buffer.remaining()];
            buffer.get(values);
            return values;
        }
    }
}
