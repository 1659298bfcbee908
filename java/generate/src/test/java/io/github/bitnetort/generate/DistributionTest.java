package io.github.bitnetort.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.FloatBuffer;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Against the definition: everything sorted, every exponential computed, the whole vocabulary summed in order of id. */
class DistributionTest {
    private static final int SEED = 31;
    private static final int VOCAB = 3000;

    @Test
    void drawsWhatTheDefinitionDraws() {
        Random random = new Random(SEED);
        for (int round = 0; round < 200; round++) {
            float[] logits = logits(random, round);
            SamplingOptions options = SamplingOptions.temperature(random.nextDouble(0.05, 3), 0)
                    .withTopP(round % 2 == 0 ? 1 : random.nextDouble(0.01, 1));
            String label = "round " + round + ", seed " + SEED;
            Distribution found = distribution(logits, options);
            Definition wanted = new Definition(logits, options);
            assertEquals(wanted.size, found.size(), label);
            for (int draw = 0; draw < 5; draw++) {
                double uniform = random.nextDouble();
                assertEquals(wanted.draw(uniform), found.draw(uniform), label);
            }
            assertEquals(wanted.draw(0), found.draw(0), label);
            assertEquals(wanted.weight(wanted.order[0]) / wanted.total, found.probability(0), label);
        }
    }

    /** A share that is reached exactly decides by the last bit of the total: the estimate must not decide it. */
    @Test
    void sharesThatAreReachedToTheLastBit() {
        Random random = new Random(SEED);
        for (int round = 0; round < 50; round++) {
            float[] logits = logits(random, 3);
            Definition all = new Definition(logits, SamplingOptions.temperature(1, 0));
            double sum = 0;
            int rank = random.nextInt(1, 600);
            for (int i = 0; i < rank; i++) {
                sum += all.weight(all.order[i]);
            }
            for (double share :
                    new double[] {Math.nextDown(sum / all.total), sum / all.total, Math.nextUp(sum / all.total)}) {
                SamplingOptions options = SamplingOptions.temperature(1, 0).withTopP(share);
                assertEquals(
                        new Definition(logits, options).size,
                        distribution(logits, options).size(),
                        "round " + round + ", seed " + SEED);
            }
        }
    }

    @Test
    void infiniteLogits() {
        float[] logits = {1, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};
        Distribution distribution =
                distribution(logits, SamplingOptions.temperature(1, 0).withTopP(0.9));
        assertEquals(2, distribution.size());
        assertEquals(1, distribution.draw(0.4));
        assertEquals(3, distribution.draw(0.6));
    }

    private static float[] logits(Random random, int round) {
        float[] logits = new float[VOCAB];
        for (int i = 0; i < VOCAB; i++) {
            logits[i] = round % 5 == 4 ? random.nextInt(6) : (float) random.nextGaussian() * (round % 7);
        }
        logits[random.nextInt(VOCAB)] += 9;
        logits[0] = Float.NEGATIVE_INFINITY;
        return logits;
    }

    private static Distribution distribution(float[] logits, SamplingOptions options) {
        FloatBuffer buffer = FloatBuffer.wrap(logits);
        return new Distribution(buffer, logits[Sampler.argmax(buffer)], options);
    }

    private static final class Definition {
        final float[] logits;
        final double temperature;
        final int[] order;
        double total;
        int size;

        Definition(float[] logits, SamplingOptions options) {
            this.logits = logits;
            temperature = options.temperature();
            order = IntStream.range(0, logits.length)
                    .boxed()
                    .sorted(Comparator.<Integer>comparingDouble(i -> -(logits[i] + 0.0))
                            .thenComparing(i -> i))
                    .mapToInt(i -> i)
                    .toArray();
            for (int id = 0; id < logits.length; id++) {
                total += weight(id);
            }
            size = logits.length;
            if (options.topP() < 1) {
                double sum = 0;
                int rank = 0;
                while (rank < size && sum < options.topP() * total) {
                    sum += weight(order[rank++]);
                }
                size = rank;
                total = sum;
            }
        }

        double weight(int id) {
            return StrictMath.exp(((double) logits[id] - logits[order[0]]) / temperature);
        }

        int draw(double uniform) {
            double sum = 0;
            int rank = 0;
            while (rank < size && sum <= uniform * total) {
                sum += weight(order[rank++]);
            }
            return rank == 0 ? -1 : order[rank - 1];
        }
    }
}
