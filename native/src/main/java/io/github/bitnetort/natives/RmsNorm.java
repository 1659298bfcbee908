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
        try (RmsNormProblem problem = problem(epsilon, weight)) {
            FloatCall call = (px, xCount, rows, py, yCount, message, size) ->
                    BitMatMulC.bitmatmul_rms_norm(problem, px, xCount, rows, py, yCount, message, size);
            call.run(x, m, y, weight);
        }
    }

    /** @param weight direct, and alive as long as the result */
    static RmsNormProblem problem(float epsilon, FloatBuffer weight) {
        MatMulInputs.requireDirect("weight", weight);
        RmsNormProblem problem = new RmsNormProblem();
        problem.n(weight.remaining()).epsilon(epsilon);
        return problem.weight(new FloatPointer(weight)).weight_count(weight.remaining());
    }
}
