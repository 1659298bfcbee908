package io.github.bitnetort.natives;

import io.github.bitnetort.natives.BitMatMulC.GatedUnitSpec;
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
        try (GatedUnitSpec spec = new GatedUnitSpec()) {
            spec.n(n).activation(BitMatMulC.BITMATMUL_GATE_RELU2);
            FloatCall call = (px, xCount, rows, py, yCount, message, size) ->
                    BitMatMulC.bitmatmul_gated_unit(spec, px, xCount, rows, py, yCount, message, size);
            call.run(x, m, y, null);
        }
    }
}
