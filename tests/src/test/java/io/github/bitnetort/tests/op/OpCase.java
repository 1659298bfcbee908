package io.github.bitnetort.tests.op;

import io.github.bitnetort.export.graph.OnnxModel;
import java.util.List;

/** One run of an op's node with the answer of the oracle. Its string says what it is, for reports. */
public interface OpCase {
    /** The operator. */
    String opType();

    /** A new model of one node, whose inputs and outputs have the names of this case's. */
    OnnxModel model(boolean functionBody);

    List<OpTensor> inputs();

    /** As the oracle gives them, of floats. */
    List<OpTensor> outputs();

    /** Whether the function body promises the answer. */
    boolean isPortable();

    /**
     * How far the function body's answer may be off; negative: not by one bit.
     *
     * @param output the place among the outputs
     * @param index of the element, row by row
     */
    default double tolerance(int output, int index) {
        return -1;
    }

    /** Bytes of the model's weights. */
    default long weightBytes() {
        return 0;
    }
}
