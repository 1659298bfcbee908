package io.github.bitnetort.export.checkpoint.gguf;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** Writes weights in the formats' blocks, one weight after the other as the formats' documentation places it. */
final class TestBlocks {
    private TestBlocks() {}

    /** Random weights: ternary, or binary without 0. */
    static byte[][] weights(int n, int k, boolean binary, long seed) {
        Random random = new Random(seed);
        byte[][] weights = new byte[n][k];
        for (byte[] row : weights) {
            for (int i = 0; i < k; i++) {
                row[i] = (byte) (binary ? 2 * random.nextInt(2) - 1 : random.nextInt(3) - 1);
            }
        }
        return weights;
    }

    /** @param scales of row and block, as float16 holds it */
    static byte[] tq2(byte[][] weights, float[][] scales) {
        return blocks(
                weights,
                256,
                66,
                (row, first, out, at) -> {
                    for (int k = 0; k < 2; k++) {
                        for (int m = 0; m < 32; m++) {
                            int code = 0;
                            for (int l = 0; l < 4; l++) {
                                code |= (row[first + 128 * k + 32 * l + m] + 1) << 2 * l;
                            }
                            out.put(at + 32 * k + m, (byte) code);
                        }
                    }
                },
                64,
                scales);
    }

    static byte[] tq1(byte[][] weights, float[][] scales) {
        return blocks(
                weights,
                256,
                54,
                (row, first, out, at) -> {
                    for (int m = 0; m < 32; m++) {
                        out.put(at + m, trits(row, first + m, 32, 5));
                    }
                    for (int m = 0; m < 16; m++) {
                        out.put(at + 32 + m, trits(row, first + 160 + m, 16, 5));
                    }
                    for (int m = 0; m < 4; m++) {
                        out.put(at + 48 + m, trits(row, first + 240 + m, 4, 4));
                    }
                },
                52,
                scales);
    }

    static byte[] q1(byte[][] weights, float[][] scales) {
        return blocks(
                weights,
                128,
                18,
                (row, first, out, at) -> {
                    for (int i = 0; i < 128; i++) {
                        int bit = row[first + i] > 0 ? 1 : 0;
                        out.put(at + 2 + i / 8, (byte) (out.get(at + 2 + i / 8) | bit << i % 8));
                    }
                },
                0,
                scales);
    }

    /** @param block 64, or 128 as the older files have */
    static byte[] q2(byte[][] weights, int block, float[][] scales) {
        return blocks(
                weights,
                block,
                2 + block / 4,
                (row, first, out, at) -> {
                    for (int i = 0; i < block; i++) {
                        int code = row[first + i] + 1;
                        out.put(at + 2 + i / 4, (byte) (out.get(at + 2 + i / 4) | code << 2 * (i % 4)));
                    }
                },
                0,
                scales);
    }

    /** @param block 128 (x86) or 64 (ARM); blocks run over the ends of rows */
    static byte[] i2s(byte[][] weights, int block, float scale) {
        int k = weights[0].length;
        ByteBuffer out = TestGguf.little(weights.length * k / 4 + 32);
        for (int i = 0; i < weights.length * k; i++) {
            int inBlock = i % block;
            int at = i / block * (block / 4) + inBlock % (block / 4);
            int shift = 6 - 2 * (inBlock / (block / 4));
            out.put(at, (byte) (out.get(at) | (weights[i / k][i % k] + 1) << shift));
        }
        return out.putFloat(weights.length * k / 4, scale).array();
    }

    private interface Block {
        void put(byte[] row, int first, ByteBuffer out, int at);
    }

    private static byte[] blocks(byte[][] weights, int block, int bytes, Block codes, int scaleAt, float[][] scales) {
        int each = weights[0].length / block;
        ByteBuffer out = TestGguf.little(weights.length * each * bytes);
        for (int row = 0; row < weights.length; row++) {
            for (int b = 0; b < each; b++) {
                int at = (row * each + b) * bytes;
                codes.put(weights[row], b * block, out, at);
                out.putShort(at + scaleAt, half(scales[row][b]));
            }
        }
        return out.array();
    }

    private static byte trits(byte[] row, int first, int stride, int count) {
        int value = 0;
        for (int n = 0; n < 5; n++) {
            value = 3 * value + (n < count ? row[first + n * stride] + 1 : 0);
        }
        return (byte) ((value * 256 + 242) / 243);
    }

    /** Of a number that a float16 holds exactly, without being subnormal. */
    static short half(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (value == 0) {
            return 0;
        }
        return (short) (bits >>> 16 & 0x8000 | ((bits >>> 23 & 255) - 112) << 10 | bits >>> 13 & 0x3ff);
    }

    /** The same scale for all blocks. */
    static float[][] same(int n, int each, float scale) {
        float[][] scales = new float[n][each];
        for (float[] row : scales) {
            Arrays.fill(row, scale);
        }
        return scales;
    }
}
