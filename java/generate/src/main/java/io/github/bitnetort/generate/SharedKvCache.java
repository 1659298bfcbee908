package io.github.bitnetort.generate;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.util.Map;

/**
 * For graphs whose attention takes the same buffer as past and present: a run writes the new positions behind the old
 * ones, copies nothing, and what lies beyond the attention mask is never read.
 */
final class SharedKvCache extends KvCache {
    private final OnnxTensor[] tensors;
    private final Map<String, OnnxTensor> past;
    private final Map<String, OnnxTensor> present;

    SharedKvCache(OrtEnvironment environment, ModelSignature signature, int batch, int capacity) throws OrtException {
        super(environment, signature, batch, capacity);
        tensors = tensors(allocate(), capacity);
        past = named(signature.pastNames(), tensors);
        present = named(signature.presentNames(), tensors);
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
    public void close() {
        closeAll(tensors);
    }
}
