package io.github.bitnetort.generate;

import java.nio.FloatBuffer;

/**
 * Logits of whole sequences.
 *
 * @param batch sequences
 * @param seq positions of each
 * @param vocab logits of each position
 * @param values direct, [batch, seq, vocab]
 */
public record Logits(int batch, int seq, int vocab, FloatBuffer values) {

    /** The logits of one position, a view. */
    public FloatBuffer at(int sequence, int position) {
        if (sequence < 0 || sequence >= batch || position < 0 || position >= seq) {
            throw new IndexOutOfBoundsException("logits: found sequence " + sequence + ", position " + position
                    + ", wanted below " + batch + " and " + seq);
        }
        return values.slice((sequence * seq + position) * vocab, vocab);
    }
}
