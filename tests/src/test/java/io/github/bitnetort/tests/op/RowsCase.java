package io.github.bitnetort.tests.op;

import io.github.bitnetort.tests.Leading;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/** A case of an op from rows X to rows Y, with any leading dimensions. */
public interface RowsCase extends OpCase {
    /** X's dimensions but the last; their product is the number of rows. */
    long[] leading();

    /** The length of a row of X. */
    int inputWidth();

    /** The length of a row of Y. */
    int outputWidth();

    float[] x();

    /** Y, as the oracle gives it. */
    float[] expected();

    @Override
    default List<OpTensor> inputs() {
        return List.of(OpTensor.of("X", shape(inputWidth()), x()));
    }

    @Override
    default List<OpTensor> outputs() {
        return List.of(OpTensor.of("Y", shape(outputWidth()), expected()));
    }

    /** M, the product of the leading dimensions. */
    default int rows() {
        return Leading.rows(leading());
    }

    /** The op's native code with all that is constant. */
    interface NativeCode {
        void run(FloatBuffer x, long m, FloatBuffer y);
    }

    /** The outputs of native code for this case's X. */
    default List<float[]> computeNatively(NativeCode code) {
        FloatBuffer y = DirectBuffers.of(new float[rows() * outputWidth()]);
        code.run(DirectBuffers.of(x()), rows(), y);
        return List.of(DirectBuffers.toArray(y));
    }

    /** The shape of X or Y, whose last dimension is given. */
    default long[] shape(int columns) {
        long[] leading = leading();
        long[] shape = Arrays.copyOf(leading, leading.length + 1);
        shape[leading.length] = columns;
        return shape;
    }
}
