package io.github.bitnetort.cli;

import ai.onnxruntime.OrtException;
import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.GenerationOptions;
import io.github.bitnetort.generate.GenerationResult;
import io.github.bitnetort.generate.Generator;
import io.github.bitnetort.generate.ModelOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Decode speed of one model with and without the op library, in turns within one run, so that a noisy machine troubles
 * both alike; medians count.
 *
 * @param library tokens a second with the op library
 * @param portable tokens a second without
 * @param sameTokens whether both always gave the same tokens
 */
record SpeedComparison(double library, double portable, boolean sameTokens) {
    /** One thread: neither session's waiting threads can then disturb the other. */
    static final int THREADS = 1;

    static final int ROUNDS = 7;

    static SpeedComparison run(Path model, String prompt, int tokens) throws OrtException, IOException {
        GenerationOptions options =
                GenerationOptions.greedy(tokens).withEndOfSequence(GenerationOptions.EndOfSequence.IGNORE);
        ModelOptions library = ModelOptions.defaults().withThreads(THREADS);
        try (BitNetModel first = BitNetModel.open(model, library);
                BitNetModel second = BitNetModel.open(model, library.withEngine(ModelOptions.Engine.PORTABLE));
                Generator withLibrary = first.generator();
                Generator without = second.generator()) {
            List<Long> expected = withLibrary.generate(prompt, options).tokenIds();
            boolean same = expected.equals(without.generate(prompt, options).tokenIds());
            double[] librarySpeeds = new double[ROUNDS];
            double[] portableSpeeds = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                GenerationResult a = withLibrary.generate(prompt, options);
                GenerationResult b = without.generate(prompt, options);
                librarySpeeds[round] = a.decodeTokensPerSecond();
                portableSpeeds[round] = b.decodeTokensPerSecond();
                same &= expected.equals(a.tokenIds()) && expected.equals(b.tokenIds());
            }
            return new SpeedComparison(median(librarySpeeds), median(portableSpeeds), same);
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
