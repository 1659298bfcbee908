package io.github.bitnetort.tests.f16;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.SingleF16Model;
import io.github.bitnetort.tests.SingleNodeRun;

/** A case as a model of one node in an ONNX Runtime session. */
final class F16Sessions {
    private F16Sessions() {}

    static float[] run(F16Case given, boolean functionBody, OrtSession.SessionOptions options) throws OrtException {
        SingleF16Model model = new SingleF16Model(given.problem(), functionBody, given.leadingDimensions().length + 1);
        return SingleNodeRun.of(
                given,
                model.toBytes(),
                options,
                given.x(),
                given.shape(given.problem().k()),
                given.shape(given.problem().n()));
    }
}
