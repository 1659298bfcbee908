package io.github.bitnetort.generate;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** One sequence in the middle of being decoded: its KV cache, and the buffers that every run of the graph reuses. */
final class DecoderState implements AutoCloseable {
    /** Tokens a prefill run takes at most: bounds the logits, of which the graph gives one row for each token. */
    static final int PREFILL_CHUNK = 256;

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final ModelSignature signature;
    private final KvCache cache;
    private final LongBuffer ids;
    private final LongBuffer mask;
    private FloatBuffer logits;

    DecoderState(OrtEnvironment environment, OrtSession session, ModelSignature signature, int capacity)
            throws OrtException {
        this.environment = environment;
        this.session = session;
        this.signature = signature;
        cache = new KvCache(environment, signature, capacity);
        ids = DirectBuffers.longs("input ids", Math.min(capacity, PREFILL_CHUNK));
        mask = DirectBuffers.longs("attention mask", capacity);
        for (int i = 0; i < capacity; i++) {
            mask.put(i, 1);
        }
        logits = DirectBuffers.floats("logits", signature.vocabSize());
    }

    int capacity() {
        return cache.capacity();
    }

    /** Begins a new sequence in the same memory. */
    void clear() throws OrtException {
        cache.clear();
    }

    /**
     * Takes the sequence's next tokens, in as many runs as it needs.
     *
     * @return the logits of the last one, valid until the next call
     */
    FloatBuffer feed(long... tokens) throws OrtException {
        FloatBuffer last = null;
        for (int from = 0; from < tokens.length; from += PREFILL_CHUNK) {
            int count = Math.min(PREFILL_CHUNK, tokens.length - from);
            ids.clear().put(tokens, from, count).flip();
            last = run(count);
        }
        return last;
    }

    private FloatBuffer run(int count) throws OrtException {
        int rowsOfVocab = Math.multiplyExact(count, signature.vocabSize());
        if (logits.capacity() < rowsOfVocab) {
            logits = DirectBuffers.floats("logits", (long) count * signature.vocabSize());
        }
        LongBuffer ones = mask.duplicate().limit(cache.length() + count);
        FloatBuffer rows = logits.duplicate().limit(rowsOfVocab);
        try (OnnxTensor idTensor = OnnxTensor.createTensor(environment, ids, new long[] {1, count});
                OnnxTensor maskTensor = OnnxTensor.createTensor(environment, ones, new long[] {1, ones.limit()});
                OnnxTensor logitTensor =
                        OnnxTensor.createTensor(environment, rows, new long[] {1, count, signature.vocabSize()})) {
            Map<String, OnnxTensor> inputs = new LinkedHashMap<>(cache.pastInputs());
            inputs.put(ModelSignature.INPUT_IDS, idTensor);
            inputs.put(ModelSignature.ATTENTION_MASK, maskTensor);
            Map<String, OnnxTensor> outputs = new LinkedHashMap<>(cache.presentOutputs(count));
            outputs.put(ModelSignature.LOGITS, logitTensor);
            session.run(inputs, outputs).close();
        }
        cache.advance();
        return logits.slice(rowsOfVocab - signature.vocabSize(), signature.vocabSize());
    }

    @Override
    public void close() {
        cache.close();
    }
}
