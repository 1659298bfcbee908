package io.github.bitnetort.generate;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * A batch of sequences in the middle of being decoded, all of one length (shorter ones padded on the left): their KV
 * cache, and the buffers that every run of the graph reuses.
 */
final class DecoderState implements AutoCloseable {
    /**
     * Tokens a prefill run takes at most. What the layers need between them grows with it, and so does the part of
     * attention that is computed and then masked; fewer rows use the matrix units less well.
     */
    static final int PREFILL_CHUNK = 128;

    private static final long TOKEN = 1;

    private final OrtEnvironment environment;
    private final ModelSession session;
    private final ModelSignature signature;
    private final OwnedBuffers memory = new OwnedBuffers();
    private KvCache cache;
    /** [batch][capacity]: 0 for padding, which only ever comes first. */
    private long[][] maskRows;

    private LongBuffer ids;
    private LongBuffer mask;
    private FloatBuffer logits;

    /** @param capacity positions of each sequence, padding included */
    DecoderState(OrtEnvironment environment, ModelSession session, ModelSignature signature, int batch, int capacity)
            throws OrtException {
        this.environment = environment;
        this.session = session;
        this.signature = signature;
        cache = KvCache.of(environment, signature, batch, capacity);
        maskRows = new long[batch][capacity];
        ids = memory.longs("input ids", batch);
        mask = memory.longs("attention mask", (long) batch * capacity);
        logits = memory.floats("logits", (long) batch * signature.vocabSize());
    }

    int capacity() {
        return cache.capacity();
    }

    int batch() {
        return cache.batch();
    }

    /** Positions taken so far, padding included. */
    int length() {
        return cache.length();
    }

    /** Begins new sequences in the same memory. */
    void clear() throws OrtException {
        truncate(0);
    }

    /**
     * Forgets all but the first positions of each sequence.
     *
     * @param positions padding included; at most {@link #length()}
     */
    void truncate(int positions) throws OrtException {
        cache.truncate(positions);
    }

    /**
     * Forgets all sequences but these; they so become rows 0, 1, ...
     *
     * @param rows in rising order
     */
    void keep(int... rows) throws OrtException {
        cache.keep(rows);
        maskRows = Arrays.stream(rows).mapToObj(row -> maskRows[row]).toArray(long[][]::new);
    }

    /** Makes room for more positions, keeping what there is. */
    void grow(int capacity) throws OrtException {
        cache = cache.grown(capacity);
        for (int row = 0; row < maskRows.length; row++) {
            maskRows[row] = Arrays.copyOf(maskRows[row], capacity);
        }
        memory.release(mask);
        mask = memory.longs("attention mask", (long) maskRows.length * capacity);
    }

    /**
     * Takes the next tokens of the only sequence.
     *
     * @param cancelled asked before each run
     * @return the logits of the last one, [vocab], valid until the next call; null where it was cancelled: then
     *     {@link #length()} says how far it came
     */
    FloatBuffer feed(long[] tokens, BooleanSupplier cancelled) throws OrtException {
        return feed(new long[][] {tokens}, new int[1], cancelled);
    }

    /**
     * Takes the next tokens of all sequences.
     *
     * @param rows [batch][count], with any token where there is padding
     * @param padding how many of each row's first tokens are padding: 0 for all but the first call after
     *     {@link #clear()}
     * @param cancelled asked before each run
     * @return the logits of the last ones, [batch · vocab], valid until the next call; null where it was cancelled: then
     *     {@link #length()} says how far it came
     * @throws IllegalArgumentException when there is no room for them
     */
    FloatBuffer feed(long[][] rows, int[] padding, BooleanSupplier cancelled) throws OrtException {
        int start = cache.length();
        int count = rows[0].length;
        if ((long) start + count > cache.capacity()) {
            throw new IllegalArgumentException("KV cache: found " + start + " positions and " + count
                    + " more, wanted at most its capacity, " + cache.capacity());
        }
        for (int row = 0; row < rows.length; row++) {
            long without = signature.withoutLogits().orElse(TOKEN);
            Arrays.fill(maskRows[row], start, start + padding[row], 0);
            Arrays.fill(maskRows[row], start + padding[row], start + count, without);
            maskRows[row][start + count - 1] = TOKEN;
        }
        int chunk = rows.length == 1 || signature.chunkedBatches() ? PREFILL_CHUNK : count;
        FloatBuffer last = null;
        for (int from = 0; from < count; from += chunk) {
            if (cancelled.getAsBoolean()) {
                return null;
            }
            last = run(rows, from, Math.min(chunk, count - from), from + chunk >= count);
        }
        return last;
    }

    private FloatBuffer run(long[][] rows, int from, int count, boolean wanted) throws OrtException {
        int batch = cache.batch();
        int total = cache.length() + count;
        fillIds(rows, from, count);
        fillMask(total);
        int kept = signature.withoutLogits().isEmpty() ? count : wanted ? 1 : 0;
        FloatBuffer values = logits(batch * kept);
        try (OnnxTensor idTensor = OnnxTensor.createTensor(environment, ids, new long[] {batch, count});
                OnnxTensor maskTensor = OnnxTensor.createTensor(environment, mask, new long[] {batch, total});
                OnnxTensor logitTensor =
                        OnnxTensor.createTensor(environment, values, new long[] {batch, kept, signature.vocabSize()})) {
            Map<String, OnnxTensor> inputs = new LinkedHashMap<>(cache.pastInputs());
            inputs.put(ModelSignature.INPUT_IDS, idTensor);
            inputs.put(ModelSignature.ATTENTION_MASK, maskTensor);
            Map<String, OnnxTensor> outputs = new LinkedHashMap<>(cache.presentOutputs(count));
            outputs.put(ModelSignature.LOGITS, logitTensor);
            session.run(inputs, outputs);
        }
        cache.advance(count);
        return wanted ? last(batch, kept) : null;
    }

    private void fillIds(long[][] rows, int from, int count) {
        if (ids.capacity() < rows.length * count) {
            memory.release(ids);
            ids = memory.longs("input ids", (long) rows.length * count);
        }
        ids.clear();
        for (long[] row : rows) {
            ids.put(row, from, count);
        }
        ids.flip();
    }

    private void fillMask(int total) {
        mask.clear();
        for (long[] row : maskRows) {
            mask.put(row, 0, total);
        }
        mask.flip();
    }

    private FloatBuffer logits(int rows) {
        long floats = (long) rows * signature.vocabSize();
        if (logits.capacity() < floats) {
            FloatBuffer larger = memory.floats("logits", floats);
            memory.release(logits);
            logits = larger;
        }
        return logits.duplicate().limit((int) floats);
    }

    /** The last of each sequence's rows of logits, moved to the buffer's start where there are several. */
    private FloatBuffer last(int batch, int kept) {
        int vocab = signature.vocabSize();
        if (batch == 1) {
            return logits.slice((kept - 1) * vocab, vocab);
        }
        for (int row = 0; row < batch && kept > 1; row++) {
            logits.put(row * vocab, logits, ((row + 1) * kept - 1) * vocab, vocab);
        }
        return logits.slice(0, batch * vocab);
    }

    @Override
    public void close() {
        cache.close();
        memory.close();
    }
}
