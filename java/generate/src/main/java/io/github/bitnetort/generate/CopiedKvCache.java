package io.github.bitnetort.generate;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/**
 * For graphs that concatenate past and new positions. Two sets of buffers take turns: a run reads one as past and
 * writes the other as present. (One set would not do: a longer cache has another stride between heads.)
 */
final class CopiedKvCache extends KvCache {
    private final FloatBuffer[][] sets;
    private final List<String> pastNames;
    private final List<String> presentNames;

    private OnnxTensor[] past;
    private OnnxTensor[] present = {};
    private int readSet;

    CopiedKvCache(OrtEnvironment environment, ModelSignature signature, int batch, int capacity) throws OrtException {
        super(environment, signature, batch, capacity);
        pastNames = signature.pastNames();
        presentNames = signature.presentNames();
        sets = new FloatBuffer[][] {allocate(), allocate()};
        past = tensors(sets[0], 0);
    }

    @Override
    Map<String, OnnxTensor> pastInputs() {
        return named(pastNames, past);
    }

    @Override
    Map<String, OnnxTensor> presentOutputs(int added) throws OrtException {
        closeAll(present);
        present = tensors(sets[1 - readSet], length() + added);
        return named(presentNames, present);
    }

    @Override
    void advance(int added) {
        closeAll(past);
        past = present;
        present = new OnnxTensor[0];
        readSet = 1 - readSet;
        super.advance(added);
    }

    @Override
    void truncate(int positions) throws OrtException {
        if (positions > 0 && positions < length()) {
            for (FloatBuffer buffer : buffers()) {
                copyHeads(buffer, length(), buffer, positions, positions);
            }
        }
        super.truncate(positions);
        renew();
    }

    @Override
    void keep(int... rows) throws OrtException {
        moveRows(rows);
        super.keep(rows);
        renew();
    }

    @Override
    void adopt(int positions) throws OrtException {
        super.adopt(positions);
        renew();
    }

    private void renew() throws OrtException {
        closeAll(past);
        past = tensors(sets[readSet], length());
    }

    @Override
    FloatBuffer[] buffers() {
        return sets[readSet];
    }

    @Override
    int stride(int positions) {
        return positions;
    }

    @Override
    void closeTensors() {
        closeAll(past);
        closeAll(present);
    }
}
