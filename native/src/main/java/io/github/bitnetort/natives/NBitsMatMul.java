package io.github.bitnetort.natives;

import io.github.bitnetort.natives.BitMatMulC.NBitsKernelInfo;
import io.github.bitnetort.natives.BitMatMulC.NBitsProblem;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * CustomMatMulNBits in the native library: its kernels, which one is chosen, and running one. What {@link
 * BitMatMulLibrary} says of availability and of lists of instruction sets holds here too.
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

    private NBitsMatMul() {}

    /** All kernels, most preferred first. */
    public static List<HeadKernel> kernels() {
        NativeLoader.library();
        return IntStream.range(0, BitMatMulC.bitmatmul_nbits_kernel_count())
                .mapToObj(NBitsMatMul::kernel)
                .toList();
    }

    /**
     * The kernel that nodes get on this CPU.
     *
     * @param isas a list of instruction sets, or null
     * @throws IllegalArgumentException for instruction sets that are unknown, not on this CPU or without a kernel
     */
    public static HeadKernel chosenKernel(String isas) {
        NativeLoader.library();
        try (Message message = new Message();
                BytePointer list = isas == null ? null : new BytePointer(isas)) {
            int index = BitMatMulC.bitmatmul_nbits_choose_kernel(
                    BitMatMulC.bitmatmul_cpu_features(),
                    isas == null ? BitMatMulC.bitmatmul_isa_override() : list,
                    message.pointer(),
                    message.size());
            if (index < 0) {
                throw new IllegalArgumentException(message.text());
            }
            return kernel(index);
        }
    }

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
        MatMulInputs.requireDirect("x", x);
        MatMulInputs.requireDirect("y", y);
        try (NBitsProblem problem = new NBitsProblem();
                Message message = new Message();
                BytePointer list = isas == null ? null : new BytePointer(isas)) {
            problem.spec().n(node.n).k(node.k).bits(node.bits).block_size(node.blockSize);
            problem.weights(new BytePointer(node.weights)).weight_count(node.weights.remaining());
            problem.scale(new FloatPointer(node.scale)).scale_count(node.scale.remaining());
            int status = BitMatMulC.bitmatmul_nbits_matmul(
                    problem,
                    list,
                    new FloatPointer(x),
                    x.remaining(),
                    m,
                    new FloatPointer(y),
                    y.remaining(),
                    message.pointer(),
                    message.size());
            if (status != BitMatMulC.BITMATMUL_OK) {
                throw new IllegalArgumentException(message.text());
            }
        }
    }

    private static HeadKernel kernel(int index) {
        try (NBitsKernelInfo info = new NBitsKernelInfo()) {
            BitMatMulC.bitmatmul_nbits_kernel_get(index, info);
            return HeadKernel.of(info.name(), info.isa(), info.features());
        }
    }
}
