package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.onnx.NodeProto;
import java.util.List;

/**
 * One node to be computed.
 *
 * @param inputs their values, null where an optional one is left out
 * @param output which of its outputs is asked for
 */
record Call(NodeProto node, List<DenseTensor> inputs, int output) {
    /** What computes an operator. */
    @FunctionalInterface
    interface Operator {
        DenseTensor apply(Call call);
    }

    DenseTensor input(int index) {
        DenseTensor input = optional(index);
        if (input == null) {
            throw new EvaluationException(node.getOpType() + " without input " + index);
        }
        return input;
    }

    /** The input, or null. */
    DenseTensor optional(int index) {
        return index < inputs.size() ? inputs.get(index) : null;
    }

    long integer(String name, long otherwise) {
        return NodeAttributes.integer(node, name, otherwise);
    }

    /** A list of integers that is an input in newer operator sets and an attribute in older ones; null: none. */
    long[] integers(int index, String attribute) {
        DenseTensor input = optional(index);
        return input == null ? NodeAttributes.integers(node, attribute) : integers(input);
    }

    static long[] integers(DenseTensor tensor) {
        long[] values = new long[tensor.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.integer(i);
        }
        return values;
    }

    /** An axis, counted from the front. */
    static int axis(long axis, int rank) {
        if (axis < -rank || axis >= Math.max(rank, 1)) {
            throw new EvaluationException("axis " + axis + " of rank " + rank);
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }
}
