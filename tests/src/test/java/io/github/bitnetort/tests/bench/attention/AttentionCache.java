package io.github.bitnetort.tests.bench.attention;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.github.bitnetort.tests.op.DirectBuffers;
import java.nio.FloatBuffer;

/** Keys and values of one node, in buffers that are past and present at once. */
final class AttentionCache implements AutoCloseable {
    private final FloatBuffer keys;
    private final FloatBuffer values;
    private final OnnxTensor keyTensor;
    private final OnnxTensor valueTensor;

    AttentionCache(AttentionInputs inputs) throws OrtException {
        keys = DirectBuffers.of(inputs.pastKey());
        values = DirectBuffers.of(inputs.pastValue());
        keyTensor = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), keys, inputs.cacheDims());
        valueTensor = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), values, inputs.cacheDims());
    }

    OnnxTensor keyTensor() {
        return keyTensor;
    }

    OnnxTensor valueTensor() {
        return valueTensor;
    }

    /** What the keys are now. */
    float[] keys() {
        return DirectBuffers.toArray(keys);
    }

    /** What the values are now. */
    float[] values() {
        return DirectBuffers.toArray(values);
    }

    @Override
    public void close() {
        keyTensor.close();
        valueTensor.close();
    }
}
