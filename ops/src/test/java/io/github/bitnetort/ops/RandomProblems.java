package io.github.bitnetort.ops;

import java.util.Random;

/** Seeded problems whose padding is garbage, because no result may depend on it. */
public final class RandomProblems {
    private RandomProblems() {}

    /** Random weights, scale (of either length where both are allowed) and bias. */
    public static BitMatMulProblem problem(BitMatMulSpec spec, boolean bias, long seed) {
        return problem(spec, weights(spec.packing(), seed), bias, seed);
    }

    /** Given weights; random scale and bias. */
    public static BitMatMulProblem problem(BitMatMulSpec spec, Weights weights, boolean bias, long seed) {
        Random random = new Random(seed);
        int[] words = WeightPacker.pack(spec.layout(), (n, dst, offset) -> {
            for (int k = 0; k < spec.k(); k++) {
                dst[offset + k] = (byte) weights.at(n, k);
            }
        });
        spoilPadding(spec.layout(), words, random);
        return new BitMatMulProblem(
                spec,
                PackedWeights.of(spec.layout(), words),
                scale(spec, random),
                bias ? floats(spec.n(), random) : null);
    }

    /** The weight of output row n, column k. */
    @FunctionalInterface
    public interface Weights {
        int at(int n, int k);
    }

    private static Weights weights(Packing packing, long seed) {
        Random random = new Random(seed);
        return (n, k) -> packing.isTernary() ? random.nextInt(3) - 1 : random.nextInt(2) * 2 - 1;
    }

    public static float[] floats(int count, Random random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static float[] scale(BitMatMulSpec spec, Random random) {
        if (spec.isBlocked()) {
            float[] scale = floats(spec.layout().rowTiles() * spec.blocks() * 16, random);
            for (int i = 0; i < scale.length; i++) {
                if (i / 16 / spec.blocks() * 16 + i % 16 >= spec.n()) {
                    scale[i] = Float.NaN;
                }
            }
            return scale;
        }
        return floats(random.nextBoolean() ? 1 : spec.n(), random);
    }

    /** Random bits in whole padding rows and whole padding bytes; every other valid weight in a byte's padding part. */
    public static void spoilPadding(PackedLayout layout, int[] words, Random random) {
        int perWord = layout.packing().weightsPerWord();
        for (int tile = 0; tile < layout.rowTiles(); tile++) {
            for (int block = 0; block < layout.wordsPerRow(); block++) {
                for (int row = 0; row < 16; row++) {
                    int index = layout.wordIndex(tile, block, row);
                    if (tile * 16 + row >= layout.n()) {
                        words[index] = random.nextInt();
                    } else if ((block + 1) * perWord > layout.k()) {
                        words[index] = spoiled(layout, words[index], layout.k() - block * perWord, random);
                    }
                }
            }
        }
    }

    private static int spoiled(PackedLayout layout, int word, int used, Random random) {
        int result = 0;
        for (int c = 0; c < 4; c++) {
            int inByte = Math.max(0, (used - 1 - c + 4) / 4);
            int code = word >>> 8 * c & 255;
            if (inByte == 0) {
                code = random.nextInt(256);
            } else if (layout.packing() != Packing.TERNARY20) {
                int bits = inByte * 8 / layout.packing().weightsPerByte();
                code = code & (1 << bits) - 1 | random.nextInt(256) & -1 << bits & 255;
            } else {
                byte[] weights = new byte[20];
                for (int i = 0; i < 5; i++) {
                    int weight = i < inByte ? layout.packing().decode(code, i) : random.nextInt(3) - 1;
                    weights[4 * i] = (byte) weight;
                }
                code = layout.packing().encodeWord(weights, 0) & 255;
            }
            result |= code << 8 * c;
        }
        return result;
    }
}
