package io.github.bitnetort.export.rewrite;

import java.util.Arrays;

/** Shapes of elementwise operators, by NumPy's rules. */
final class Broadcast {
    private Broadcast() {}

    /** The shape that all of them broadcast to. */
    static int[] shape(int[]... shapes) {
        int rank = Arrays.stream(shapes).mapToInt(shape -> shape.length).max().orElse(0);
        int[] result = new int[rank];
        Arrays.fill(result, 1);
        for (int[] shape : shapes) {
            for (int i = 0; i < shape.length; i++) {
                int at = rank - shape.length + i;
                if (result[at] != shape[i] && result[at] != 1 && shape[i] != 1) {
                    throw new EvaluationException("shapes that do not broadcast: "
                            + Arrays.stream(shapes).map(Arrays::toString).toList());
                }
                result[at] = result[at] == 1 ? shape[i] : result[at];
            }
        }
        return result;
    }

    /** For each element of the result, in order, which element of an operand it is made of. */
    static Index index(int[] from, int[] to) {
        if (DenseTensor.elements(from) == 1) {
            return i -> 0;
        }
        if (DenseTensor.elements(from) == DenseTensor.elements(to)) {
            return i -> i;
        }
        int[] strides = new int[to.length];
        int stride = 1;
        for (int i = from.length - 1; i >= 0; i--) {
            strides[to.length - from.length + i] = from[i] == 1 ? 0 : stride;
            stride *= from[i];
        }
        return i -> {
            int rest = i;
            int at = 0;
            for (int axis = to.length - 1; axis >= 0; axis--) {
                at += rest % to[axis] * strides[axis];
                rest /= to[axis];
            }
            return at;
        };
    }

    /** Maps positions of a result to positions of an operand. */
    @FunctionalInterface
    interface Index {
        int of(int position);
    }
}
