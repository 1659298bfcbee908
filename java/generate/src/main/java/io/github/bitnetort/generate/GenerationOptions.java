package io.github.bitnetort.generate;

import java.util.List;

/**
 * What to generate.
 *
 * @param maxNewTokens at most so many tokens, 1 or more
 * @param sampling how tokens are chosen
 * @param stopStrings texts that end the generation; they need a tokenizer
 * @param endOfSequence whether the model's end-of-sequence tokens end the generation
 */
public record GenerationOptions(
        int maxNewTokens, SamplingOptions sampling, List<String> stopStrings, EndOfSequence endOfSequence) {

    /** What becomes of the model's end-of-sequence tokens. */
    public enum EndOfSequence {
        STOP,
        IGNORE
    }

    public GenerationOptions {
        if (maxNewTokens < 1) {
            throw new IllegalArgumentException("max new tokens: found " + maxNewTokens + ", wanted 1 or more");
        }
        stopStrings = List.copyOf(stopStrings);
        if (stopStrings.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("stop string: found an empty one, wanted a text");
        }
    }

    /** Greedy decoding up to {@code maxNewTokens} tokens or the end of the sequence. */
    public static GenerationOptions greedy(int maxNewTokens) {
        return new GenerationOptions(maxNewTokens, SamplingOptions.greedy(), List.of(), EndOfSequence.STOP);
    }

    public GenerationOptions withSampling(SamplingOptions options) {
        return new GenerationOptions(maxNewTokens, options, stopStrings, endOfSequence);
    }

    public GenerationOptions withStopStrings(String... stops) {
        return new GenerationOptions(maxNewTokens, sampling, List.of(stops), endOfSequence);
    }

    public GenerationOptions withEndOfSequence(EndOfSequence what) {
        return new GenerationOptions(maxNewTokens, sampling, stopStrings, what);
    }
}
