package io.github.bitnetort.natives;

import io.github.bitnetort.natives.BitMatMulC.F16Problem;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.ShortPointer;

/**
 * CustomMatMulF16 in the native library: its kernels, and running one. What {@link BitMatMulLibrary} says of
 * availability and of lists of instruction sets holds here too.
 */
public final class F16MatMul {
    /**
     * The attributes and the constant of a node; the native library checks them. The buffer is direct and in native
     * byte order; what counts is from position to limit.
     *
     * @param weights the bits of [N, K] float16 numbers
     */
    public record Node(long n, long k, ShortBuffer weights) {
        /** @throws IllegalArgumentException where the buffer is not direct */
        public Node {
            MatMulInputs.requireDirect("weights", weights);
        }
    }

    /** The op's kernels. */
    public static final OpKernelTable KERNELS = new OpKernelTable(
            () -> BitMatMulC.bitmatmul_f16_kernel_count(),
            (index, info) -> BitMatMulC.bitmatmul_f16_kernel_get(index, info),
            (features, isas, message, size) -> BitMatMulC.bitmatmul_f16_choose_kernel(features, isas, message, size));

    private F16MatMul() {}

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
        try (F16Problem problem = new F16Problem();
                BytePointer list = isas == null ? null : new BytePointer(isas)) {
            problem.spec().n(node.n).k(node.k);
            problem.weights(new ShortPointer(node.weights)).weight_count(node.weights.remaining());
            FloatCall call = (px, xCount, rows, py, yCount, message, size) ->
                    BitMatMulC.bitmatmul_f16_matmul(problem, list, px, xCount, rows, py, yCount, message, size);
            call.run(x, m, y, node);
        }
    }
}
