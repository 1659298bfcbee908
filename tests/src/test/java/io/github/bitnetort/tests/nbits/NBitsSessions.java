package io.github.bitnetort.tests.nbits;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.SingleNBitsModel;
import io.github.bitnetort.ops.CustomMatMulNBits;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;

/** A case as a model of one node in an ONNX Runtime session. */
final class NBitsSessions {
    private NBitsSessions() {}

    static float[] run(NBitsCase given, boolean functionBody, OrtSession.SessionOptions options) throws OrtException {
        SingleNBitsModel model =
                new SingleNBitsModel(given.problem(), functionBody, given.leadingDimensions().length + 1);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        long[] shape = given.shape(given.problem().spec().k());
        try (OrtSession session = environment.createSession(model.toBytes(), options);
                OnnxTensor x = OnnxTensor.createTensor(environment, FloatBuffer.wrap(given.x()), shape);
                OrtSession.Result result = session.run(Map.of(CustomMatMulNBits.X.name(), x))) {
            OnnxTensor y = (OnnxTensor) result.get(0);
            long[] wanted = given.shape(given.problem().spec().n());
            if (!Arrays.equals(wanted, y.getInfo().getShape())) {
                throw new AssertionError(given + ": Y has shape "
                        + Arrays.toString(y.getInfo().getShape()) + ", wanted " + Arrays.toString(wanted));
            }
            float[] values = new float[given.expected().length];
            y.getFloatBuffer().get(values);
            return values;
        }
    }
}
