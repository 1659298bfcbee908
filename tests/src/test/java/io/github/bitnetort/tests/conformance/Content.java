package io.github.bitnetort.tests.conformance;

import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.ops.RandomProblems;
import java.util.Random;

/** What the weights and activations of a case are. */
enum Content {
    /** Random weights; rows of X of ordinary, tiny, large and half-integer numbers in turn. */
    RANDOM(true) {
        @Override
        float x(Random random, int row, int k) {
            return switch (row % 4) {
                case 0 -> (float) random.nextGaussian();
                case 1 -> k == 0 ? 127f : (random.nextInt(509) - 254) * 0.5f; // s is 1: half of them are ties
                case 2 -> (float) random.nextGaussian() * 4e-6f; // around the floor of the absolute maximum
                default -> random.nextInt(3) == 0 ? -0f : (float) random.nextGaussian() * 1e4f;
            };
        }
    },

    /** The largest sum there is: no product cancels another. */
    LARGEST_SUM(true) {
        @Override
        int weight(Packing packing, int n, int k) {
            return n % 2 == 0 ? 1 : -1;
        }

        @Override
        float x(Random random, int row, int k) {
            return row % 2 == 0 ? 3f : -3f;
        }
    },

    /** The largest sum of products of mixed signs, weights against activations. */
    LARGEST_MIXED_SUM(true) {
        @Override
        int weight(Packing packing, int n, int k) {
            return sign(n, k);
        }

        @Override
        float x(Random random, int row, int k) {
            return sign(row, k) * 1e-3f;
        }

        private int sign(int row, int k) {
            return ((k * 2654435761L >>> 7) + row & 1) == 0 ? 1 : -1;
        }
    },

    /** Rows at both ends of binary32: subnormal, up to the largest number, zeros. */
    MAGNITUDES(true) {
        @Override
        float x(Random random, int row, int k) {
            return switch (row % 4) {
                case 0 -> Float.MIN_VALUE * (random.nextInt(2001) - 1000);
                case 1 -> Float.MAX_VALUE * (random.nextFloat() * 2 - 1);
                case 2 -> random.nextBoolean() ? 0f : -0f;
                default -> random.nextBoolean() ? 1e-5f : -1e-30f;
            };
        }
    },

    /** A NaN or an infinity at the start, in the middle or at the end of some rows. */
    NOT_FINITE(false) {
        private final int[] odd = {0x7fc00000, 0xffc12345, 0x7f800001, 0x7f800000, 0xff800000};

        @Override
        void finish(Random random, float[] x, int m, int k) {
            for (int row = 0; row < m; row++) {
                int place = new int[] {0, k / 2, k - 1}[row % 3];
                if (row % 4 != 1) {
                    x[row * k + place] = Float.intBitsToFloat(odd[row % odd.length]);
                }
            }
        }
    };

    private final boolean portable;

    Content(boolean portable) {
        this.portable = portable;
    }

    /** Whether the portable function body promises the bits. */
    boolean isPortable() {
        return portable;
    }

    /** The weight of output row n, column k; 2 leaves it to chance. */
    int weight(Packing packing, int n, int k) {
        return 2;
    }

    /** The activation of a row of X, column k. */
    float x(Random random, int row, int k) {
        return (float) random.nextGaussian();
    }

    void finish(Random random, float[] x, int m, int k) {}

    RandomProblems.Weights weights(Packing packing, long seed) {
        Random random = new Random(seed);
        return (n, k) -> {
            int chance = packing.isTernary() ? random.nextInt(3) - 1 : random.nextInt(2) * 2 - 1;
            int weight = weight(packing, n, k);
            return weight == 2 ? chance : weight;
        };
    }

    float[] activations(int m, int k, long seed) {
        Random random = new Random(seed);
        float[] x = new float[m * k];
        for (int i = 0; i < x.length; i++) {
            x[i] = x(random, i / k, i % k);
        }
        finish(random, x, m, k);
        return x;
    }
}
