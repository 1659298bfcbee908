package io.github.bitnetort.tests.endtoend;

import io.github.bitnetort.generate.Logits;
import java.util.Arrays;

/**
 * How far a model's logits are from the reference, over several runs. An engine that sums integers exactly differs from
 * one that sums floats by rounding alone, about 1e-7 of the logits' range, until such a difference flips the rounding of
 * one activation to int8: the logits of that position, and of those that attend to it, then differ by up to about 1 % of
 * the range. So a share of all differences (half of them, mostly) is held tightly, the largest loosely, and the most
 * likely token nearly always.
 */
final class LogitComparison {
    private static final double TIGHT_SHARE = 1e-6;
    private static final double HALF = 0.5;
    private static final double LARGEST_SHARE = 0.02;
    private static final double WANTED_AGREEMENT = 0.985;

    private double[] differences = new double[1 << 16];
    private int count;
    private double low = Double.POSITIVE_INFINITY;
    private double high = Double.NEGATIVE_INFINITY;
    private int positions;
    private int sameArgmax;

    /**
     * Adds one run.
     *
     * @param reference [batch, seq, vocab]
     * @param mask [batch][seq], 0 where a position is padding and not compared
     */
    void add(Logits actual, float[] reference, long[][] mask) {
        for (int b = 0; b < actual.batch(); b++) {
            for (int s = 0; s < actual.seq(); s++) {
                if (mask[b][s] != 0) {
                    addPosition(actual, (b * actual.seq() + s) * actual.vocab(), reference);
                }
            }
        }
    }

    private void addPosition(Logits actual, int at, float[] reference) {
        int best = 0;
        int bestReference = 0;
        for (int v = 0; v < actual.vocab(); v++) {
            float mine = actual.values().get(at + v);
            float theirs = reference[at + v];
            addDifference(Math.abs((double) mine - theirs));
            low = Math.min(low, theirs);
            high = Math.max(high, theirs);
            best = mine > actual.values().get(at + best) ? v : best;
            bestReference = theirs > reference[at + bestReference] ? v : bestReference;
        }
        positions++;
        sameArgmax += best == bestReference ? 1 : 0;
    }

    private void addDifference(double difference) {
        if (count == differences.length) {
            differences = Arrays.copyOf(differences, 2 * count);
        }
        differences[count++] = difference;
    }

    /** Half of the differences as small as rounding makes them. */
    boolean isFaithful() {
        return isFaithful(HALF);
    }

    /** @param share of the differences that must be as small as rounding makes them, such as 0.5 */
    boolean isFaithful(double share) {
        double range = high - low;
        return quantile(share) <= TIGHT_SHARE * range
                && largest() <= LARGEST_SHARE * range
                && sameArgmax >= WANTED_AGREEMENT * positions;
    }

    private double quantile(double share) {
        double[] sorted = Arrays.copyOf(differences, count);
        Arrays.sort(sorted);
        return sorted[(int) (share * count)];
    }

    private double largest() {
        return Arrays.stream(differences, 0, count).max().orElseThrow();
    }

    @Override
    public String toString() {
        return String.format(
                "logits differ by %.2g in the median, %.2g at most, of a range of %.3g; same argmax at %d of %d positions",
                quantile(HALF), largest(), high - low, sameArgmax, positions);
    }
}
