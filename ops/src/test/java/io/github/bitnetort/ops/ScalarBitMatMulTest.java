package io.github.bitnetort.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The oracle against results worked by hand. */
class ScalarBitMatMulTest {
    static List<Golden> goldens() {
        return Golden.all();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void givesWhatWasWorkedByHand(Golden golden) {
        float[] y = new float[golden.bits().length];
        new ScalarBitMatMul().compute(golden.problem(), golden.x(), golden.m(), y);
        int[] bits = new int[y.length];
        for (int i = 0; i < y.length; i++) {
            bits[i] = Float.floatToRawIntBits(y[i]);
        }
        assertArrayEquals(golden.bits(), bits);
    }
}
