package io.github.bitnetort.generate;

import java.nio.FloatBuffer;

/**
 * The tokens of one step in order of falling logit, equal logits by rising id, sorted only as far as they are asked for:
 * a heap sort that stops. Building it is linear in the vocabulary, and sampling mostly needs the first few tokens.
 */
final class Candidates {
    private static final int ID_MASK = 0x7fffffff;

    /**
     * The logit's order in the upper half, the id's complement in the lower half: one comparison decides both. The first
     * {@code size} are a max-heap, the rest are sorted.
     */
    private final long[] heap;

    private int size;

    Candidates(FloatBuffer logits) {
        size = logits.limit();
        heap = new long[size];
        for (int id = 0; id < size; id++) {
            heap[id] = ((long) ordered(logits.get(id)) << 32) | (ID_MASK - id);
        }
        for (int i = size / 2 - 1; i >= 0; i--) {
            siftDown(i);
        }
    }

    /** The id of the token at this rank; rank 0 is the most likely one. */
    int id(int rank) {
        while (heap.length - size <= rank) {
            long top = heap[0];
            heap[0] = heap[--size];
            siftDown(0);
            heap[size] = top;
        }
        return ID_MASK - (int) (heap[heap.length - 1 - rank] & ID_MASK);
    }

    private void siftDown(int at) {
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
