package io.github.bitnetort.natives;

import io.github.bitnetort.natives.BitMatMulC.NBitsProblem;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * CustomMatMulNBits in the native library: its kernels, and running one. What {@link BitMatMulLibrary} says of
 * availability and of lists of instruction sets holds here too.
 */
public final class NBitsMatMul {
    /**
     * The attributes and constants of a node; the native library checks them. Buffers are direct and in native byte
     * order; what counts is from position to limit.
     *
     * @param weights [N, K · bits / 8]
     * @param scale [N, blocks]
     */
    public record Node(long n, long k, int bits, int blockSize, ByteBuffer weights, FloatBuffer scale) {
        /** @throws IllegalArgumentException where a buffer is not direct */
        public Node {
            MatMulInputs.requireDirect("weights", weights);
            MatMulInputs.requireDirect("scale", scale);
        }
    }

    /** The op's kernels. */
    public static final OpKernelTable KERNELS = new OpKernelTable(
            () -> BitMatMulC.bitmatmul_nbits_kernel_count(),
            (index, info) -> BitMatMulC.bitmatmul_nbits_kernel_get(index, info),
            (features, isas, message, size) -> BitMatMulC.bitmatmul_nbits_choose_kernel(features, isas, message, size));

    private NBitsMatMul() {}

    /**
     * Y = X · Wᵀ, on the calling thread.
     *
     * @param isas a list of instruction sets, or null
     * @param x direct, [m, K] from its position to its limit
     * @param y direct, [m, N] from its position to its limit; untouched on failure
     * @throws IllegalArgumentException for whatever breaks the contract
     */
    public static void run(Node node, String isas, FloatBuffer x, long m, FloatBuffer y) {
        NativeLoader.library();
        try (NBitsProblem problem = new NBitsProblem();
                BytePointer list = isas == null ? null : new BytePointer(isas)) {
            problem.spec().n(node.n).k(node.k).bits(node.bits).block_size(node.blockSize);
            problem.weights(new BytePointer(node.weights)).weight_count(node.weights.remaining());
            problem.scale(new FloatPointer(node.scale)).scale_count(node.scale.remaining());
            FloatCall call = (px, xCount, rows, py, yCount, message, size) ->
                    BitMatMulC.bitmatmul_nbits_matmul(problem, list, px, xCount, rows, py, yCount, message, size);
            call.run(x, m, y, node);
        }
    }
}
