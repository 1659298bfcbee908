package io.github.bitnetort.generate;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys and values of one sequence. Two sets of direct buffers, each as large as the cache may become, take turns: a
 * run reads one set through the {@code past} inputs and ONNX Runtime writes the other through pinned {@code present}
 * outputs, so no cache byte passes through Java and nothing is allocated but a tensor header. (One set would not do: the
 * graph concatenates, and a longer cache has another stride between heads.)
 */
final class KvCache implements AutoCloseable {
    private final OrtEnvironment environment;
    private final ModelSignature signature;
    private final int capacity;
    private final FloatBuffer[][] sets;
    private final List<String> pastNames;
    private final List<String> presentNames;

    private int length;
    private OnnxTensor[] past;
    private OnnxTensor[] present = {};
    private int presentLength;
    private int readSet;

    KvCache(OrtEnvironment environment, ModelSignature signature, int capacity) throws OrtException {
        this.environment = environment;
        this.signature = signature;
        this.capacity = capacity;
        pastNames = signature.pastNames();
        presentNames = signature.presentNames();
        int tensors = pastNames.size();
        sets = new FloatBuffer[2][tensors];
        for (FloatBuffer[] set : sets) {
            for (int i = 0; i < tensors; i++) {
                set[i] = DirectBuffers.floats("KV cache of a layer", (long) capacity * signature.floatsPerPosition());
            }
        }
        past = tensors(sets[0], 0);
    }

    /** Positions in the cache. */
    int length() {
        return length;
    }

    int capacity() {
        return capacity;
    }

    Map<String, OnnxTensor> pastInputs() {
        return named(pastNames, past);
    }

    /** Outputs to pin for a run that adds so many positions. */
    Map<String, OnnxTensor> presentOutputs(int added) throws OrtException {
        closeAll(present);
        presentLength = length + added;
        present = tensors(sets[1 - readSet], presentLength);
        return named(presentNames, present);
    }

    /** To be called after a run has written the pinned outputs: they are the past of the next one. */
    void advance() {
        closeAll(past);
        past = present;
        present = new OnnxTensor[0];
        length = presentLength;
        readSet = 1 - readSet;
    }

    /** Forgets everything, keeping the memory. */
    void clear() throws OrtException {
        closeAll(past);
        length = 0;
        past = tensors(sets[readSet], 0);
    }

    @Override
    public void close() {
        closeAll(past);
        closeAll(present);
    }

    private OnnxTensor[] tensors(FloatBuffer[] set, int positions) throws OrtException {
        long[] shape = {1, signature.kvHeads(), positions, signature.headDim()};
        OnnxTensor[] tensors = new OnnxTensor[set.length];
        try {
            for (int i = 0; i < set.length; i++) {
                FloatBuffer used = set[i].duplicate().limit(positions * signature.floatsPerPosition());
                tensors[i] = OnnxTensor.createTensor(environment, used, shape);
            }
        } catch (OrtException | RuntimeException e) {
            closeAll(tensors);
            throw e;
        }
        return tensors;
    }

    private static Map<String, OnnxTensor> named(List<String> names, OnnxTensor[] tensors) {
        Map<String, OnnxTensor> map = new LinkedHashMap<>();
        for (int i = 0; i < tensors.length; i++) {
            map.put(names.get(i), tensors[i]);
        }
        return map;
    }

    private static void closeAll(OnnxTensor[] tensors) {
        for (OnnxTensor tensor : tensors) {
            if (tensor != null) {
                tensor.close();
            }
        }
    }
}
