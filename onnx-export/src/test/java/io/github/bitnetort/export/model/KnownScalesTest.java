package io.github.bitnetort.export.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class KnownScalesTest {
    private final ByteBuffer dst = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);

    @Test
    void givesRowsBackThatAreAllKnown() {
        KnownScales scales = new KnownScales(4, 2);
        scales.put(1, new float[] {0, -0f});
        assertFalse(scales.copy(1, 2, dst), "row 2 is not known");
        assertEquals(0, dst.position(), "nothing of row 1");
        scales.put(2, new float[] {Float.MIN_VALUE, Float.MAX_VALUE});
        assertTrue(scales.copy(1, 2, dst));
        assertEquals(16, dst.position());
        float[] wanted = {0, -0f, Float.MIN_VALUE, Float.MAX_VALUE};
        for (int i = 0; i < wanted.length; i++) {
            assertEquals(Float.floatToRawIntBits(wanted[i]), dst.getInt(4 * i), "scale " + i);
        }
        assertFalse(scales.copy(0, 1, dst));
        assertFalse(scales.copy(2, 2, dst));
    }

    @Test
    void keepsNoMoreThanAFewMegabytes() {
        KnownScales scales = new KnownScales(1 << 20, 2);
        scales.put(0, new float[] {1, 2});
        assertFalse(scales.copy(0, 1, dst));
    }
}
