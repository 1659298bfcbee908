package io.github.bitnetort.tests.bench.model;

import ai.onnxruntime.OrtException;
import io.github.bitnetort.generate.GenerationOptions;
import io.github.bitnetort.generate.GenerationOptions.EndOfSequence;
import io.github.bitnetort.generate.Generator;
import java.util.Arrays;
import java.util.Random;

/**
 * One text of random token ids, continued greedily.
 *
 * @param prefillNanos from the start to the first token
 * @param stepNanos from each token to the next
 */
record Run(long prefillNanos, long[] stepNanos) {
    static final int PROMPT = 16;

    /** @param context positions that the cache shall have room for, however few are used */
    static Run of(Generator generator, int vocab, int prompt, int tokens, int context) throws OrtException {
        long[] ids = new Random(prompt).longs(prompt, 0, vocab).toArray();
        long[] times = new long[tokens];
        int[] count = {0};
        GenerationOptions options =
                GenerationOptions.greedy(context - prompt + 1).withEndOfSequence(EndOfSequence.IGNORE);
        var result = generator.generate(ids, options, (id, text) -> {
            times[count[0]++] = System.nanoTime();
            return count[0] < tokens;
        });
        if (count[0] < tokens) {
            throw new IllegalStateException("a text of " + tokens + " tokens after " + prompt + ": found an end after "
                    + count[0] + " (" + result.stopReason() + "), wanted a model with more positions");
        }
        long[] steps = new long[tokens - 1];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = times[i + 1] - times[i];
        }
        return new Run(result.prefillNanos(), steps);
    }

    double tokensPerSecond() {
        return stepNanos.length / (Arrays.stream(stepNanos).sum() * 1e-9);
    }

    /** In milliseconds: the smallest that so much of the steps do not exceed. */
    double percentile(double share) {
        long[] sorted = stepNanos.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.ceil(share * sorted.length) - 1] * 1e-6;
    }
}
