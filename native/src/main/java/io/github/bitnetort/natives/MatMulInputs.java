package io.github.bitnetort.natives;

import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * The constant inputs of a CustomBitMatMul node. Every buffer is direct and in native byte order; what counts is from
 * its position to its limit.
 *
 * @param weights packed words [ceil(N/16), ceil(K/P), 16]
 * @param scale [1], [N] or, with a block size, [ceil(N/16), K/block_size, 16]
 * @param bias [N]; null for none
 */
public record MatMulInputs(IntBuffer weights, FloatBuffer scale, FloatBuffer bias) {
    /** @throws IllegalArgumentException where a buffer is not direct */
    public MatMulInputs {
        requireDirect("weights", weights);
        requireDirect("scale", scale);
        if (bias != null) {
            requireDirect("bias", bias);
        }
    }

    static void requireDirect(String name, Buffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException(name + ": found a heap buffer, wanted a direct one");
        }
    }
}
