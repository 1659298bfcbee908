package io.github.bitnetort.tests.conformance;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.SingleNodeModel;
import io.github.bitnetort.ops.BitMatMulProblem;
import io.github.bitnetort.ops.CustomBitMatMul;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;

/** A case as a model of one node in an ONNX Runtime session. */
final class OrtSessions {
    private OrtSessions() {}

    /** The case's model, with or without the portable function body. */
    static SingleNodeModel model(Case given, boolean functionBody) {
        BitMatMulProblem problem = given.problem();
        return SingleNodeModel.of(problem.spec(), problem.weights(), problem.scale(), problem.bias())
                .withFunctionBody(functionBody)
                .withRank(given.leadingDimensions().length + 1);
    }

    static float[] run(Case given, SingleNodeModel model, OrtSession.SessionOptions options) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        long[] shape = given.shape(given.problem().spec().k());
        try (OrtSession session = environment.createSession(model.toBytes(), options);
                OnnxTensor x = OnnxTensor.createTensor(environment, FloatBuffer.wrap(given.x()), shape);
                OrtSession.Result result = session.run(Map.of(CustomBitMatMul.X.name(), x))) {
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
