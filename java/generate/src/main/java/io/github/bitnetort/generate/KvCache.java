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
    private final OwnedBuffers memory = new OwnedBuffers();
    private final int capacity;
    private int batch;
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

    final ModelSignature signature() {
        return signature;
    }

    /** Inputs of the next run. */
    abstract Map<String, OnnxTensor> pastInputs();

    /** Outputs to pin for a run that adds so many positions. */
    abstract Map<String, OnnxTensor> presentOutputs(int added) throws OrtException;

    /** To be called after a run has written the pinned outputs. */
    void advance(int added) {
        length += added;
    }

    /**
     * Forgets all but the first positions of each sequence, keeping the memory.
     *
     * @param positions at most {@link #length()}
     */
    void truncate(int positions) throws OrtException {
        length = positions;
    }

    /**
     * Forgets all sequences but these, keeping the memory.
     *
     * @param rows of those that stay, in rising order
     */
    void keep(int... rows) throws OrtException {
        batch = rows.length;
    }

    /** A cache that holds the same and has room for more; this one is of no use any more. */
    final KvCache grown(int positions) throws OrtException {
        KvCache larger = of(environment, signature, batch, positions);
        try {
            larger.take(this);
        } catch (OrtException | RuntimeException e) {
            larger.close();
            throw e;
        }
        close();
        return larger;
    }

    private void take(KvCache smaller) throws OrtException {
        FloatBuffer[] from = smaller.buffers();
        FloatBuffer[] to = buffers();
        for (int i = 0; i < to.length; i++) {
            copyHeads(from[i], smaller.stride(smaller.length), to[i], stride(smaller.length), smaller.length);
        }
        adopt(smaller.length);
    }

    /** The buffers that hold the cache now. */
    abstract FloatBuffer[] buffers();

    /** Positions from one head's first one to the next head's, where each has so many. */
    abstract int stride(int positions);

    /** Takes what the buffers have come to hold by other means than a run. */
    void adopt(int positions) throws OrtException {
        length = positions;
    }

    /**
     * Copies the first positions of every head; heads do not overlap in the order of the copies, so that both buffers may be
     * one where the new stride is not the larger one.
     */
    final void copyHeads(FloatBuffer from, int fromStride, FloatBuffer to, int toStride, int positions) {
        int headDim = signature.headDim();
        for (int head = 0; head < batch * signature.kvHeads(); head++) {
            to.put(head * toStride * headDim, from, head * fromStride * headDim, positions * headDim);
        }
    }

    /** Moves the sequences of these rows to the front. */
    final void moveRows(int... rows) {
        int floats = stride(length) * signature.floatsPerPosition();
        for (FloatBuffer buffer : buffers()) {
            for (int to = 0; to < rows.length; to++) {
                if (rows[to] != to) {
                    buffer.put(to * floats, buffer, rows[to] * floats, floats);
                }
            }
        }
    }

    /** Releases the memory. */
    @Override
    public final void close() {
        closeTensors();
        memory.close();
    }

    abstract void closeTensors();

    /** A buffer for each of the graph's cache tensors, as large as it may become. */
    final FloatBuffer[] allocate() {
        long floats = (long) batch * capacity * signature.floatsPerPosition();
        FloatBuffer[] set = new FloatBuffer[signature.pastNames().size()];
        for (int i = 0; i < set.length; i++) {
            set[i] = memory.floats("KV cache of a layer", floats);
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
