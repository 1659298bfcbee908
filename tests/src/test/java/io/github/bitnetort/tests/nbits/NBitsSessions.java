package io.github.bitnetort.tests.nbits;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.SingleNBitsModel;
import io.github.bitnetort.ops.MatMulNBitsSpec;
import io.github.bitnetort.tests.SingleNodeRun;

/** A case as a model of one node in an ONNX Runtime session. */
final class NBitsSessions {
    private NBitsSessions() {}

    static float[] run(NBitsCase given, boolean functionBody, OrtSession.SessionOptions options) throws OrtException {
        SingleNBitsModel model =
                new SingleNBitsModel(given.problem(), functionBody, given.leadingDimensions().length + 1);
        MatMulNBitsSpec spec = given.problem().spec();
        return SingleNodeRun.of(
                given, model.toBytes(), options, given.x(), given.shape(spec.k()), given.shape(spec.n()));
    }
}
