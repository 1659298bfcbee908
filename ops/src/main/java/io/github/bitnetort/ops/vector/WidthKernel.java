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
 *
 * <p>Every chain of calls starts at a vector fresh from the species, and running sums are arguments, never receivers:
 * JDK 17's JIT does not know the class of a variable that a loop changes, and boxes it (100 times slower, measured).
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

    /** Weights of 1 or 2 bits: each shift brings the code of one column to the bottom of the lane. */
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
            for (int shift = 0, k = first; shift < 8; shift += bits, k += 4) {
                sum0 = word.lanewise(LSHR, shift).and(mask).mul(q[k]).add(sum0);
                sum1 = word.lanewise(LSHR, shift + 8).and(mask).mul(q[k + 1]).add(sum1);
                sum2 = word.lanewise(LSHR, shift + 16).and(mask).mul(q[k + 2]).add(sum2);
                sum3 = word.lanewise(LSHR, shift + 24).and(mask).mul(q[k + 3]).add(sum3);
            }
        }
        IntVector.zero(SPECIES).add(sum0).add(sum1).add(sum2).add(sum3).intoArray(sums, lane);
    }

    /** Base-3 digits: a byte is a fraction of 256; times 3, its integer part is the next digit. */
    private static void sumDigits(int lane, int[] words, int from, int to, int[] q, int qOffset, int[] sums) {
        IntVector sum = IntVector.zero(SPECIES);
        for (int block = from; block < to; block++) {
            IntVector word = IntVector.fromArray(SPECIES, words, block * TILE_ROWS + lane);
            int first = qOffset + block * Packing.TERNARY20.weightsPerWord();
            for (int c = 0; c < 4; c++) {
                IntVector digit0 = word.lanewise(LSHR, 8 * c).and(255).mul(3);
                IntVector digit1 = digit0.and(255).mul(3);
                IntVector digit2 = digit1.and(255).mul(3);
                IntVector digit3 = digit2.and(255).mul(3);
                IntVector digit4 = digit3.and(255).mul(3);
                sum = digit0.lanewise(LSHR, 8).mul(q[first + c]).add(sum);
                sum = digit1.lanewise(LSHR, 8).mul(q[first + 4 + c]).add(sum);
                sum = digit2.lanewise(LSHR, 8).mul(q[first + 8 + c]).add(sum);
                sum = digit3.lanewise(LSHR, 8).mul(q[first + 12 + c]).add(sum);
                sum = digit4.lanewise(LSHR, 8).mul(q[first + 16 + c]).add(sum);
            }
        }
        IntVector.zero(SPECIES).add(sum).intoArray(sums, lane);
    }
}
