package io.github.bitnetort.natives;

import io.github.bitnetort.natives.BitMatMulC.RmsNormProblem;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;

/** CustomRmsNorm in the native library. What {@link BitMatMulLibrary} says of availability holds here too. */
public final class RmsNorm {
    private RmsNorm() {}

    /**
     * Rows by the square root of the mean of their squares, times weights, on the calling thread.
     *
     * @param epsilon added to the mean
     * @param weight direct, [N] from its position to its limit
     * @param x direct, [m, N] from its position to its limit
     * @param y direct, [m, N] from its position to its limit; untouched on failure
     * @throws IllegalArgumentException for whatever breaks the contract
     */
    public static void run(float epsilon, FloatBuffer weight, FloatBuffer x, long m, FloatBuffer y) {
        NativeLoader.library();
        MatMulInputs.requireDirect("weight", weight);
        MatMulInputs.requireDirect("x", x);
        MatMulInputs.requireDirect("y", y);
        try (RmsNormProblem problem = new RmsNormProblem();
                Message message = new Message()) {
            problem.n(weight.remaining()).epsilon(epsilon);
            problem.weight(new FloatPointer(weight)).weight_count(weight.remaining());
            int status = BitMatMulC.bitmatmul_rms_norm(
                    problem,
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
}
