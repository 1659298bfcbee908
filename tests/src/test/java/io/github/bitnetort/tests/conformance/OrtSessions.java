package io.github.bitnetort.tests.conformance;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.SingleNodeModel;
import io.github.bitnetort.ops.BitMatMulProblem;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.tests.SingleNodeRun;

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
        BitMatMulSpec spec = given.problem().spec();
        return SingleNodeRun.of(
                given, model.toBytes(), options, given.x(), given.shape(spec.k()), given.shape(spec.n()));
    }
}
