package io.github.bitnetort.export.checkpoint.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Blocks of 4, 8 and 6 bits, element by element; that other software reads the same is for the tests module. */
class FloatBlocksTest {
    private final Random random = new Random(3);

    @Test
    void q8() {
        ByteBuffer block = TestGguf.little(36);
        block.putShort(2, TestBlocks.half(0.25f));
        for (int i = 0; i < 32; i++) {
            block.put(4 + i, (byte) (8 * i - 128));
        }
        float[] values = floats(TensorType.Q8_0, block, 2);
        assertEquals(-32, values[0]);
        assertEquals(30, values[31]);
    }

    @Test
    void q4() {
        ByteBuffer block = TestGguf.little(18);
        block.putShort(0, TestBlocks.half(-2));
        block.put(2, (byte) 0xf0);
        block.put(17, (byte) 0x1a);
        float[] values = floats(TensorType.Q4_0, block, 0);
        assertEquals(16, values[0]);
        assertEquals(-14, values[16]);
        assertEquals(-4, values[15]);
        assertEquals(14, values[31]);
    }

    @Test
    void q6() {
        int[] quants = new int[256];
        byte[] scales = new byte[16];
        random.nextBytes(scales);
        ByteBuffer block = TestGguf.little(210);
        for (int i = 0; i < 256; i++) {
            quants[i] = random.nextInt(64);
        }
        for (int half = 0; half < 2; half++) {
            for (int m = 0; m < 32; m++) {
                int a = 128 * half + m;
                block.put(64 * half + m, (byte) (quants[a] & 15 | (quants[a + 64] & 15) << 4));
                block.put(64 * half + 32 + m, (byte) (quants[a + 32] & 15 | (quants[a + 96] & 15) << 4));
                int high =
                        quants[a] >> 4 | quants[a + 32] >> 4 << 2 | quants[a + 64] >> 4 << 4 | quants[a + 96] >> 4 << 6;
                block.put(128 + 32 * half + m, (byte) high);
            }
        }
        block.put(192, scales);
        block.putShort(208, TestBlocks.half(0.125f));
        float[] values = floats(TensorType.Q6_K, block, 0);
        for (int i = 0; i < 256; i++) {
            assertEquals(0.125f * scales[i / 16] * (quants[i] - 32), values[i], "element " + i);
        }
    }

    private static float[] floats(TensorType type, ByteBuffer block, int at) {
        float[] values = new float[type.blockElements()];
        type.codec().toFloats(block, at, values, 0);
        return values;
    }
}
