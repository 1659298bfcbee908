package io.github.bitnetort.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScalarGatedUnitTest {
    @ParameterizedTest
    @CsvSource({
        "2, 3, 0x41400000", // 12
        "3.92, 0.09, 0x3fb1055d", // not 0x3fb1055c, of gate * (gate * value)
        "-2, 3, 0x00000000",
        "-2, -3, 0x80000000",
        "-0.0, -3, 0x80000000",
        "1e-30, -1, 0x80000000", // the square is too small
        "2e-23, 1, 0x00000000",
        "3e-23, 1, 0x00000001", // and here a subnormal
        "1e30, 1, 0x7f800000",
        "1e30, 0, 0x7fc00000",
        "Infinity, -1, 0xff800000",
        "-Infinity, 1, 0x00000000",
        "-Infinity, Infinity, 0x7fc00000",
        "-1, Infinity, 0x7fc00000",
        "NaN, 1, 0x7fc00000",
        "1, NaN, 0x7fc00000"
    })
    void anElementIsWhatTheContractSays(float gate, float value, String bits) {
        float[] y = new float[1];
        ScalarGatedUnit.compute(new GatedUnitSpec(1), new float[] {gate, value}, 1, y);
        assertEquals(Long.decode(bits).intValue(), Float.floatToRawIntBits(y[0]));
    }

    @Test
    void everyNaNLeavesAsOne() {
        float[] x = {
            Float.intBitsToFloat(0xffc12345), Float.intBitsToFloat(0x7f800001), 1, Float.intBitsToFloat(0xff812345)
        };
        float[] y = new float[2];
        ScalarGatedUnit.compute(new GatedUnitSpec(2), x, 1, y);
        assertEquals(0x7fc00000, Float.floatToRawIntBits(y[0]));
        assertEquals(0x7fc00000, Float.floatToRawIntBits(y[1]));
    }

    @Test
    void rowsHaveGatesBeforeValues() {
        float[] y = new float[4];
        ScalarGatedUnit.compute(new GatedUnitSpec(2), new float[] {1, 2, 10, 20, 3, -4, 30, 40}, 2, y);
        assertArrayEquals(new float[] {10, 80, 270, 0}, y);
    }

    /** Gates and values that give 3 and 4 in turns: a mean of squares of 12.5. */
    @Test
    void aNormFollows() {
        float[] x = new float[32];
        float[] weight = new float[16];
        for (int i = 0; i < 16; i++) {
            x[i] = 1;
            x[16 + i] = 3 + i % 2;
            weight[i] = i;
        }
        float[] y = new float[16];
        ScalarGatedUnit.compute(new GatedUnitSpec(16, Optional.of(new RmsNormProblem(0.5f, weight))), x, 1, y);
        for (int i = 0; i < 16; i++) {
            assertEquals((3 + i % 2) * i / Math.sqrt(13), y[i], 1e-5);
        }
    }

    @Test
    void aNormOfAnotherWidthIsRefused() {
        RmsNormProblem norm = new RmsNormProblem(1e-5f, new float[32]);
        var error = assertThrows(IllegalArgumentException.class, () -> new GatedUnitSpec(16, Optional.of(norm)));
        assertEquals("weight: found 32 elements, wanted N = 16", error.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1 << 30})
    void otherWidthsAreRefused(int n) {
        var error = assertThrows(IllegalArgumentException.class, () -> new GatedUnitSpec(n));
        assertTrue(error.getMessage().contains("N: found " + n), error.getMessage());
    }

    @Test
    void arraysThatAreTooShortAreRefused() {
        var error = assertThrows(
                IllegalArgumentException.class,
                () -> ScalarGatedUnit.compute(new GatedUnitSpec(2), new float[7], 2, new float[4]));
        assertTrue(error.getMessage().contains("found 7 and 4"), error.getMessage());
    }
}
