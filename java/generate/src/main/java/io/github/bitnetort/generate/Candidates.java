package io.github.bitnetort.generate;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The tokens of one step in order of falling logit, equal logits by rising id. Sampling mostly needs the first few, so
 * that those are found in one pass, in a small heap; the others are sorted only as far as they are asked for: a heap sort
 * that stops.
 */
final class Candidates {
    private static final int ID_MASK = 0x7fffffff;
    private static final int FIRST = 256;

    private final FloatBuffer logits;

    /** Complements of the first keys, rising. */
    private final long[] first;

    /** The keys of all others, once they are wanted: the first {@code size} are a max-heap, the rest are sorted. */
    private long[] others;

    private int size;

    Candidates(FloatBuffer logits) {
        this.logits = logits;
        first = new long[Math.min(FIRST, logits.limit())];
        Arrays.fill(first, Long.MAX_VALUE);
        for (int id = 0; id < logits.limit(); id++) {
            long complement = ~key(id);
            if (complement < first[0]) {
                first[0] = complement;
                siftDown(first, first.length, 0);
            }
        }
        Arrays.sort(first);
    }

    /** The id of the token at this rank; rank 0 is the most likely one. */
    int id(int rank) {
        return idOf(rank < first.length ? ~first[rank] : other(rank - first.length));
    }

    private long other(int rank) {
        if (others == null) {
            others = heapOfOthers();
        }
        while (others.length - size <= rank) {
            long top = others[0];
            others[0] = others[--size];
            siftDown(others, size, 0);
            others[size] = top;
        }
        return others[others.length - 1 - rank];
    }

    private long[] heapOfOthers() {
        long last = ~first[first.length - 1];
        long[] heap = new long[logits.limit() - first.length];
        for (int id = 0; id < logits.limit(); id++) {
            long key = key(id);
            if (key < last) {
                heap[size++] = key;
            }
        }
        for (int i = size / 2 - 1; i >= 0; i--) {
            siftDown(heap, size, i);
        }
        return heap;
    }

    /** The logit's order in the upper half, the id's complement in the lower half: one comparison decides both. */
    private long key(int id) {
        return ((long) ordered(logits.get(id)) << 32) | (ID_MASK - id);
    }

    private static int idOf(long key) {
        return ID_MASK - (int) (key & ID_MASK);
    }

    private static void siftDown(long[] heap, int size, int at) {
        long key = heap[at];
        int hole = at;
        for (int child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
            if (child + 1 < size && heap[child + 1] > heap[child]) {
                child++;
            }
            if (heap[child] <= key) {
                break;
            }
            heap[hole] = heap[child];
            hole = child;
        }
        heap[hole] = key;
    }

    /** Integers in the order of the floats; both zeros are one number. */
    private static int ordered(float value) {
        int bits = Float.floatToRawIntBits(value + 0.0f);
        return bits >= 0 ? bits : bits ^ 0x7fffffff;
    }
}
