package io.github.bitnetort.export.checkpoint.gguf;

import io.github.bitnetort.export.checkpoint.DType;
import java.nio.ByteBuffer;

/** Blocks of small integers times a scale, float16; products rounded to float32 once for each factor, as ggml does. */
final class FloatBlocks {
    private FloatBlocks() {}

    /** 32 elements: the scale, 16 bytes whose low nibbles are the first half, less 8. */
    static final class Q4 implements BlockCodec {
        @Override
        public void toFloats(ByteBuffer block, int at, float[] dst, int offset) {
            float scale = DType.halfToFloat(block.getShort(at));
            for (int i = 0; i < 16; i++) {
                int pair = block.get(at + 2 + i);
                dst[offset + i] = ((pair & 15) - 8) * scale;
                dst[offset + 16 + i] = ((pair >> 4 & 15) - 8) * scale;
            }
        }
    }

    /** 32 elements: the scale, 32 signed bytes. */
    static final class Q8 implements BlockCodec {
        @Override
        public void toFloats(ByteBuffer block, int at, float[] dst, int offset) {
            float scale = DType.halfToFloat(block.getShort(at));
            for (int i = 0; i < 32; i++) {
                dst[offset + i] = block.get(at + 2 + i) * scale;
            }
        }
    }

    /**
     * 256 elements of 4 bits: a scale of scales, a scale of minima, eight 6-bit scales and eight 6-bit minima in 12
     * bytes, 128 bytes of nibbles. Element 64 g + m has the low nibble of byte 32 g + m, element 64 g + 32 + m its high
     * one; 32 elements share scale and minimum.
     */
    static final class Q4K implements BlockCodec {
        private static final int SCALES = 4;
        private static final int MINIMA = 8;
        private static final int REST = 12;
        private static final int NIBBLES = 16;

        @Override
        public void toFloats(ByteBuffer block, int at, float[] dst, int offset) {
            float scale = DType.halfToFloat(block.getShort(at));
            float minimum = DType.halfToFloat(block.getShort(at + 2));
            for (int part = 0; part < 8; part++) {
                float step = scale * sixBits(block, at, SCALES, part);
                float least = minimum * sixBits(block, at, MINIMA, part);
                for (int m = 0; m < 32; m++) {
                    int pair = block.get(at + NIBBLES + part / 2 * 32 + m);
                    dst[offset + part * 32 + m] = step * (pair >> part % 2 * 4 & 15) - least;
                }
            }
        }

        /**
         * The first four of the eight numbers are the low 6 bits of a byte each, whose other 2 bits are the highest of
         * the last four; these have a nibble each of the bytes behind, scales the low one and minima the high one.
         */
        private static int sixBits(ByteBuffer block, int at, int first, int part) {
            int own = block.get(at + first + part % 4) & 255;
            if (part < 4) {
                return own & 63;
            }
            int shift = first == SCALES ? 0 : 4;
            return own >> 6 << 4 | block.get(at + REST + part % 4) >> shift & 15;
        }
    }

    /**
     * 256 elements of 6 bits less 32: 128 bytes of low nibbles, 64 bytes of high pairs, 16 signed scales of 16 elements
     * each, and a scale of all. In each half of 128 elements, element 32 l + m has nibble l / 2 of low byte
     * 32 (l % 2) + m and pair l of high byte m.
     */
    static final class Q6K implements BlockCodec {
        private static final int HIGH = 128;
        private static final int SCALES = 192;
        private static final int SCALE = 208;

        @Override
        public void toFloats(ByteBuffer block, int at, float[] dst, int offset) {
            float scale = DType.halfToFloat(block.getShort(at + SCALE));
            for (int i = 0; i < 256; i++) {
                int half = i / 128;
                int l = i % 128 / 32;
                int m = i % 32;
                int low = block.get(at + 64 * half + 32 * (l % 2) + m) >> 4 * (l / 2) & 15;
                int high = block.get(at + HIGH + 32 * half + m) >> 2 * l & 3;
                float groupScale = scale * block.get(at + SCALES + i / 16);
                dst[offset + i] = groupScale * ((low | high << 4) - 32);
            }
        }
    }
}
