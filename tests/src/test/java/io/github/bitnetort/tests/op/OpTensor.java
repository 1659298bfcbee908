package io.github.bitnetort.tests.op;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/**
 * An input or output of a node.
 *
 * @param values row by row: a FloatBuffer or a LongBuffer, from position 0 to its limit
 */
public record OpTensor(String name, long[] shape, Buffer values) {
    public static OpTensor of(String name, long[] shape, float... values) {
        return new OpTensor(name, shape, FloatBuffer.wrap(values));
    }

    public static OpTensor of(String name, long[] shape, long... values) {
        return new OpTensor(name, shape, LongBuffer.wrap(values));
    }

    /** All zeros. */
    public static OpTensor zeros(String name, long... shape) {
        int count = 1;
        for (long dimension : shape) {
            count = Math.toIntExact(count * dimension);
        }
        return of(name, shape, new float[count]);
    }

    /** The numbers of a float tensor, in a new array. */
    public float[] floats() {
        float[] floats = new float[values.limit()];
        ((FloatBuffer) values).get(0, floats);
        return floats;
    }

    OnnxTensor toOnnx(OrtEnvironment environment) throws OrtException {
        return values instanceof FloatBuffer floats
                ? OnnxTensor.createTensor(environment, floats.duplicate(), shape)
                : OnnxTensor.createTensor(environment, ((LongBuffer) values).duplicate(), shape);
    }
}
