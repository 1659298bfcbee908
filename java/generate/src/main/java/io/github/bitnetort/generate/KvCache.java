package io.github.bitnetort.generate;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys and values of a batch of sequences, in direct buffers that ONNX Runtime reads and writes where they are: no
 * byte of the cache passes through Java.
 */
abstract sealed class KvCache implements AutoCloseable permits SharedKvCache, CopiedKvCache {
    private final OrtEnvironment environment;
    private final ModelSignature signature;
    private final int batch;
    private final int capacity;
    private int length;

    KvCache(OrtEnvironment environment, ModelSignature signature, int batch, int capacity) {
        this.environment = environment;
        this.signature = signature;
        this.batch = batch;
        this.capacity = capacity;
    }

    /**
     * An empty cache of the kind that the graph takes.
     *
     * @param capacity positions that it may come to hold
     */
    static KvCache of(OrtEnvironment environment, ModelSignature signature, int batch, int capacity)
            throws OrtException {
        return signature.sharedCache()
                ? new SharedKvCache(environment, signature, batch, capacity)
                : new CopiedKvCache(environment, signature, batch, capacity);
    }

    /** Positions in the cache. */
    final int length() {
        return length;
    }

    final int capacity() {
        return capacity;
    }

    final int batch() {
        return batch;
    }

    /** Inputs of the next run. */
    abstract Map<String, OnnxTensor> pastInputs();

    /** Outputs to pin for a run that adds so many positions. */
    abstract Map<String, OnnxTensor> presentOutputs(int added) throws OrtException;

    /** To be called after a run has written the pinned outputs. */
    void advance(int added) {
        length += added;
    }

    /** Forgets everything, keeping the memory. */
    void clear() throws OrtException {
        length = 0;
    }

    @Override
    public abstract void close();

    /** A buffer for each of the graph's cache tensors, as large as it may become. */
    final FloatBuffer[] allocate() {
        long floats = (long) batch * capacity * signature.floatsPerPosition();
        FloatBuffer[] set = new FloatBuffer[signature.pastNames().size()];
        for (int i = 0; i < set.length; i++) {
            set[i] = DirectBuffers.floats("KV cache of a layer", floats);
        }
        return set;
    }

    /** Tensors [batch, kvHeads, positions, headDim] at the start of each buffer. */
    final OnnxTensor[] tensors(FloatBuffer[] set, int positions) throws OrtException {
        long[] shape = {batch, signature.kvHeads(), positions, signature.headDim()};
        OnnxTensor[] tensors = new OnnxTensor[set.length];
        try {
            for (int i = 0; i < set.length; i++) {
                FloatBuffer used = set[i].duplicate().limit(batch * positions * signature.floatsPerPosition());
                tensors[i] = OnnxTensor.createTensor(environment, used, shape);
            }
        } catch (OrtException | RuntimeException e) {
            closeAll(tensors);
            throw e;
        }
        return tensors;
    }

    static Map<String, OnnxTensor> named(List<String> names, OnnxTensor[] tensors) {
        Map<String, OnnxTensor> map = new LinkedHashMap<>();
        for (int i = 0; i < tensors.length; i++) {
            map.put(names.get(i), tensors[i]);
        }
        return map;
    }

    static void closeAll(OnnxTensor[] tensors) {
        for (OnnxTensor tensor : tensors) {
            if (tensor != null) {
                tensor.close();
            }
        }
    }
}
