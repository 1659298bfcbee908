package io.github.bitnetort.ops.vector;

import static jdk.incubator.vector.VectorOperators.LSHR;

import io.github.bitnetort.ops.Packing;
import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernel at one vector width. The rows of a tile are int lanes, so no sum ever crosses lanes. Defined once for
 * each width by {@link WidthKernels}, which hands it the species: the JIT compiles vectors only where it is a constant.
 */
final class WidthKernel implements TileKernel {
    private static final int TILE_ROWS = 16;
    private static final VectorSpecies<Integer> SPECIES = species();

    @SuppressWarnings("unchecked")
    private static VectorSpecies<Integer> species() {
        try {
            return MethodHandles.classData(MethodHandles.lookup(), ConstantDescs.DEFAULT_NAME, VectorSpecies.class);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void sumCodes(Packing packing, int[] words, int from, int to, int[] q, int qOffset, int[] sums) {
        for (int lane = 0; lane < TILE_ROWS; lane += SPECIES.length()) {
            switch (packing) {
                case BINARY32 -> sumBits(1, lane, words, from, to, q, qOffset, sums);
                case TERNARY16 -> sumBits(2, lane, words, from, to, q, qOffset, sums);
                case TERNARY20 -> sumDigits(lane, words, from, to, q, qOffset, sums);
            }
        }
    }

    /** Weights of 1 or 2 bits: after each shift, the low bits of every byte are the codes of four columns. */
    private static void sumBits(int bits, int lane, int[] words, int from, int to, int[] q, int qOffset, int[] sums) {
        int mask = (1 << bits) - 1;
        int perWord = 32 / bits;
        IntVector sum0 = IntVector.zero(SPECIES);
        IntVector sum1 = sum0;
        IntVector sum2 = sum0;
        IntVector sum3 = sum0;
        for (int block = from; block < to; block++) {
            IntVector word = IntVector.fromArray(SPECIES, words, block * TILE_ROWS + lane);
            int first = qOffset + block * perWord;
            for (int k = first; k < first + perWord; k += 4) {
                sum0 = sum0.add(word.and(mask).mul(q[k]));
                sum1 = sum1.add(word.lanewise(LSHR, 8).and(mask).mul(q[k + 1]));
                sum2 = sum2.add(word.lanewise(LSHR, 16).and(mask).mul(q[k + 2]));
                sum3 = sum3.add(word.lanewise(LSHR, 24).and(mask).mul(q[k + 3]));
                word = word.lanewise(LSHR, bits);
            }
        }
        sum0.add(sum1).add(sum2.add(sum3)).intoArray(sums, lane);
    }

    /** Base-3 digits: a byte is a fraction of 256; times 3, its integer part is the next digit. */
    private static void sumDigits(int lane, int[] words, int from, int to, int[] q, int qOffset, int[] sums) {
        IntVector sum = IntVector.zero(SPECIES);
        for (int block = from; block < to; block++) {
            IntVector word = IntVector.fromArray(SPECIES, words, block * TILE_ROWS + lane);
            int first = qOffset + block * Packing.TERNARY20.weightsPerWord();
            for (int c = 0; c < 4; c++) {
                IntVector fraction = word.and(255);
                for (int k = first + c; k < first + 20; k += 4) {
                    IntVector times3 = fraction.add(fraction).add(fraction);
                    sum = sum.add(times3.lanewise(LSHR, 8).mul(q[k]));
                    fraction = times3.and(255);
                }
                word = word.lanewise(LSHR, 8);
            }
        }
        sum.intoArray(sums, lane);
    }
}
