package io.github.bitnetort.export.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DTypeTest {
    @Test
    void widensBfloat16Exactly() {
        assertArrayEquals(
                new float[] {1, -0.0f, 3.140625f, Float.NEGATIVE_INFINITY, 0x1p-133f},
                floats(DType.BF16, shorts(0x3f80, 0x8000, 0x4049, 0xff80, 1)));
    }

    @Test
    void widensHalfExactly() {
        assertArrayEquals(
                new float[] {1, -2, 65504, 0x1p-24f, -0x1.ff8p-15f, 0x1p-14f, 0, -0.0f, Float.POSITIVE_INFINITY},
                floats(DType.F16, shorts(0x3c00, 0xc000, 0x7bff, 1, 0x83ff, 0x0400, 0, 0x8000, 0x7c00)));
        assertTrue(Float.isNaN(floats(DType.F16, shorts(0x7e01))[0]));
    }

    @Test
    void readsEveryOtherTypeToTheNearestFloat() {
        assertArrayEquals(new float[] {1.5f}, floats(DType.F32, little(4).putFloat(0, 1.5f)));
        assertArrayEquals(new float[] {0.1f}, floats(DType.F64, little(8).putDouble(0, 0.1)));
        assertArrayEquals(new float[] {-3}, floats(DType.I64, little(8).putLong(0, -3)));
        assertArrayEquals(new float[] {-3}, floats(DType.I32, little(4).putInt(0, -3)));
        assertArrayEquals(new float[] {-3}, floats(DType.I16, shorts(-3)));
        assertArrayEquals(new float[] {-3}, floats(DType.I8, little(1).put(0, (byte) -3)));
        assertArrayEquals(new float[] {253}, floats(DType.U8, little(1).put(0, (byte) -3)));
        assertArrayEquals(new float[] {65533}, floats(DType.U16, shorts(-3)));
        assertArrayEquals(new float[] {0x1p32f}, floats(DType.U32, little(4).putInt(0, -3)));
        assertArrayEquals(new float[] {0x1p64f}, floats(DType.U64, little(8).putLong(0, -3)));
        assertArrayEquals(
                new float[] {0x1.000002p63f}, floats(DType.U64, little(8).putLong(0, (1L << 63) + (1L << 39) + 1)));
        assertArrayEquals(new float[] {1}, floats(DType.BOOL, little(1).put(0, (byte) 1)));
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"BF16", "F16", "F32", "I8"})
    void convertsWhatIsBetweenPositionAndLimit(DType type) {
        int width = type.bytes();
        for (ByteBuffer bytes : List.of(little(9 * width + 1), ByteBuffer.allocateDirect(9 * width + 1))) {
            bytes.order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < bytes.limit(); i++) {
                bytes.put(i, (byte) (i % 5 + 60));
            }
            bytes.position(1).limit(1 + 7 * width);
            float[] values = new float[10];
            assertEquals(7, type.toFloats(bytes, values, 2));
            for (int i = 0; i < values.length; i++) {
                float wanted = i < 2 || i >= 9 ? 0 : type.toFloat(bytes, 1 + (i - 2) * width);
                assertEquals(wanted, values[i], type + " " + i);
            }
        }
    }

    @Test
    void knowsNamesExactly() {
        assertEquals(Optional.of(DType.BF16), DType.of("BF16"));
        assertEquals(Optional.empty(), DType.of("bf16"));
    }

    private static float[] floats(DType type, ByteBuffer bytes) {
        float[] values = new float[bytes.remaining() / type.bytes()];
        assertEquals(values.length, type.toFloats(bytes, values, 0));
        return values;
    }

    private static ByteBuffer shorts(int... values) {
        ByteBuffer bytes = little(values.length * 2);
        for (int value : values) {
            bytes.putShort((short) value);
        }
        return bytes.flip();
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
