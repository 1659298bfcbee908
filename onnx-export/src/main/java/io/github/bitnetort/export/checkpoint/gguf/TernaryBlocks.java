package io.github.bitnetort.export.checkpoint.gguf;

import io.github.bitnetort.export.checkpoint.CodeLanes;
import io.github.bitnetort.export.checkpoint.DType;
import java.nio.ByteBuffer;

/** Blocks of weights −1, 0, +1 and a scale. */
abstract class TernaryBlocks implements BlockCodec {
    private final int elements;

    private TernaryBlocks(int elements) {
        this.elements = elements;
    }

    /** The weights of a block; a code that means none of the three gives 2. */
    abstract void weights(ByteBuffer block, int at, byte[] dst, int offset);

    /** What a unit of weight is worth. */
    abstract float scale(ByteBuffer block, int at);

    @Override
    public void toFloats(ByteBuffer block, int at, float[] dst, int offset) {
        byte[] weights = new byte[elements];
        weights(block, at, weights, 0);
        float scale = scale(block, at);
        for (int i = 0; i < elements; i++) {
            dst[offset + i] = weights[i] * scale;
        }
    }

    /**
     * 256 weights as base-3 digits, the first the most significant of ceil(256 v / 243): 32 bytes of five digits 32
     * columns apart, 16 bytes of five digits 16 apart, 4 bytes of four digits 4 apart, the scale.
     */
    static final class Tq1 extends TernaryBlocks {
        Tq1() {
            super(256);
        }

        @Override
        void weights(ByteBuffer block, int at, byte[] dst, int offset) {
            digits(block, at, 32, 5, dst, offset);
            digits(block, at + 32, 16, 5, dst, offset + 160);
            digits(block, at + 48, 4, 4, dst, offset + 240);
        }

        private static void digits(ByteBuffer block, int at, int bytes, int digits, byte[] dst, int offset) {
            for (int m = 0; m < bytes; m++) {
                int rest = block.get(at + m) & 255;
                for (int n = 0; n < digits; n++) {
                    rest *= 3;
                    dst[offset + n * bytes + m] = (byte) ((rest >> 8) - 1);
                    rest &= 255;
                }
            }
        }

        @Override
        float scale(ByteBuffer block, int at) {
            return DType.halfToFloat(block.getShort(at + 52));
        }
    }

    /** 256 weights as codes 0, 1, 2: two halves of 32 bytes, the lowest pair of bits the first 32 columns; the scale. */
    static final class Tq2 extends TernaryBlocks {
        Tq2() {
            super(256);
        }

        @Override
        void weights(ByteBuffer block, int at, byte[] dst, int offset) {
            for (int m = 0; m < 64; m += Long.BYTES) {
                long pairs = block.getLong(at + m);
                for (int l = 0; l < 4; l++) {
                    CodeLanes.put(dst, offset + m / 32 * 128 + 32 * l + m % 32, CodeLanes.weights(pairs >>> 2 * l));
                }
            }
        }

        @Override
        float scale(ByteBuffer block, int at) {
            return DType.halfToFloat(block.getShort(at + 64));
        }
    }

    /** Codes 0, 1, 2, the highest pair of bits the first quarter of the block's columns. No scale of its own. */
    static final class I2S extends TernaryBlocks {
        private final int quarter;

        I2S(int elements) {
            super(elements);
            this.quarter = elements / 4;
        }

        @Override
        void weights(ByteBuffer block, int at, byte[] dst, int offset) {
            for (int m = 0; m < quarter; m += Long.BYTES) {
                long pairs = block.getLong(at + m);
                for (int l = 0; l < 4; l++) {
                    CodeLanes.put(dst, offset + l * quarter + m, CodeLanes.weights(pairs >>> 6 - 2 * l));
                }
            }
        }

        @Override
        float scale(ByteBuffer block, int at) {
            return 1;
        }
    }

    /** 128 weights: the scale, a bit for each, the lowest first: 0 is −1, 1 is +1. */
    static final class Q1 extends TernaryBlocks {
        Q1() {
            super(128);
        }

        @Override
        void weights(ByteBuffer block, int at, byte[] dst, int offset) {
            for (int i = 0; i < 128; i += 8) {
                CodeLanes.put(dst, offset + i, CodeLanes.weightsOfBits(block.get(at + 2 + i / 8)));
            }
        }

        @Override
        float scale(ByteBuffer block, int at) {
            return DType.halfToFloat(block.getShort(at));
        }
    }

    /** The scale, a pair of bits for each weight, the lowest first: codes 0, 1, 2, 3 are −1, 0, +1, +2. */
    static final class Q2 extends TernaryBlocks {
        private final int count;

        Q2(int elements) {
            super(elements);
            this.count = elements;
        }

        @Override
        void weights(ByteBuffer block, int at, byte[] dst, int offset) {
            for (int i = 0; i < count; i += 8) {
                CodeLanes.put(dst, offset + i, CodeLanes.weightsOfPairs(block.getShort(at + 2 + i / 4)));
            }
        }

        @Override
        float scale(ByteBuffer block, int at) {
            return DType.halfToFloat(block.getShort(at));
        }
    }
}
