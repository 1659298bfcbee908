package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.export.onnx.OperatorSetIdProto;
import java.util.Optional;

/** Compares the operator sets of functions with those of their model. */
final class OperatorSets {
    private OperatorSets() {}

    /** What keeps a function's body from being inlined: written for other operator sets, it may mean something else. */
    static Optional<String> difference(OnnxModel model, FunctionProto function) {
        for (OperatorSetIdProto opset : function.getOpsetImportList()) {
            long own = model.opset(opset.getDomain());
            if (own != opset.getVersion()) {
                return Optional.of("it is written in operator set " + opset.getVersion() + " of '" + opset.getDomain()
                        + "', and the model has " + (own == 0 ? "none" : own));
            }
        }
        return Optional.empty();
    }
}
