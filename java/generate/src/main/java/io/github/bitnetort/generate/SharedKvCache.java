package io.github.bitnetort.generate;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * For graphs whose attention takes the same buffer as past and present: a run writes the new positions behind the old
 * ones, copies nothing, and what lies beyond the attention mask is never read.
 */
final class SharedKvCache extends KvCache {
    private final FloatBuffer[] buffers;
    private OnnxTensor[] tensors = {};
    private Map<String, OnnxTensor> past;
    private Map<String, OnnxTensor> present;

    SharedKvCache(OrtEnvironment environment, ModelSignature signature, int batch, int capacity) throws OrtException {
        super(environment, signature, batch, capacity);
        buffers = allocate();
        renew();
    }

    private void renew() throws OrtException {
        closeAll(tensors);
        tensors = tensors(buffers, capacity());
        past = named(signature().pastNames(), tensors);
        present = named(signature().presentNames(), tensors);
    }

    @Override
    Map<String, OnnxTensor> pastInputs() {
        return past;
    }

    @Override
    Map<String, OnnxTensor> presentOutputs(int added) {
        return present;
    }

    @Override
    void keep(int... rows) throws OrtException {
        moveRows(rows);
        super.keep(rows);
        renew();
    }

    @Override
    FloatBuffer[] buffers() {
        return buffers;
    }

    @Override
    int stride(int positions) {
        return capacity();
    }

    @Override
    void closeTensors() {
        closeAll(tensors);
    }
}
