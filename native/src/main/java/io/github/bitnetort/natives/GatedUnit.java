package io.github.bitnetort.natives;

import io.github.bitnetort.natives.BitMatMulC.GatedUnitSpec;
import io.github.bitnetort.natives.BitMatMulC.RmsNormProblem;
import java.nio.FloatBuffer;

/** CustomGatedUnit in the native library. What {@link BitMatMulLibrary} says of availability holds here too. */
public final class GatedUnit {
    private GatedUnit() {}

    /**
     * The square of what is above 0 of a row's gates, times its values, on the calling thread.
     *
     * @param n output width
     * @param x direct, [m, 2 N] from its position to its limit
     * @param y direct, [m, N] from its position to its limit; untouched on failure
     * @throws IllegalArgumentException for whatever breaks the contract
     */
    public static void relu2(long n, FloatBuffer x, long m, FloatBuffer y) {
        NativeLoader.library();
        run(n, null, x, m, y, null);
    }

    /**
     * The same with the norm that follows.
     *
     * @param epsilon added to the mean of a row's squares
     * @param weight direct, [N] from its position to its limit
     * @param x direct, [m, 2 N] from its position to its limit
     * @param y direct, [m, N] from its position to its limit; untouched on failure
     * @throws IllegalArgumentException for whatever breaks the contract
     */
    public static void normedRelu2(float epsilon, FloatBuffer weight, FloatBuffer x, long m, FloatBuffer y) {
        NativeLoader.library();
        try (RmsNormProblem norm = RmsNorm.problem(epsilon, weight)) {
            run(norm.n(), norm, x, m, y, weight);
        }
    }

    private static void run(long n, RmsNormProblem norm, FloatBuffer x, long m, FloatBuffer y, FloatBuffer weight) {
        try (GatedUnitSpec spec = new GatedUnitSpec()) {
            spec.n(n).activation(BitMatMulC.BITMATMUL_GATE_RELU2);
            FloatCall call = (px, xCount, rows, py, yCount, message, size) ->
                    BitMatMulC.bitmatmul_gated_unit(spec, norm, px, xCount, rows, py, yCount, message, size);
            call.run(x, m, y, weight);
        }
    }
}
