package io.github.bitnetort.generate;

import java.util.List;
import java.util.Objects;

/**
 * What to generate.
 *
 * @param maxNewTokens at most so many tokens, 1 or more
 * @param sampling how tokens are chosen
 * @param stopStrings texts that end the generation; they need a tokenizer
 * @param endOfSequence whether the model's end-of-sequence tokens end the generation
 * @param window what becomes of a sequence that gets too long
 * @param cancellation ends the generation from elsewhere
 */
public record GenerationOptions(
        int maxNewTokens,
        SamplingOptions sampling,
        List<String> stopStrings,
        EndOfSequence endOfSequence,
        ContextWindow window,
        Cancellation cancellation) {

    /** What becomes of the model's end-of-sequence tokens. */
    public enum EndOfSequence {
        /** They end the generation and are no part of it. */
        STOP,
        /** They are tokens as any others. */
        IGNORE
    }

    /** @throws IllegalArgumentException for fewer than one new token, or an empty stop string */
    public GenerationOptions {
        if (maxNewTokens < 1) {
            throw new IllegalArgumentException("max new tokens: found " + maxNewTokens + ", wanted 1 or more");
        }
        stopStrings = List.copyOf(stopStrings);
        if (stopStrings.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("stop string: found an empty one, wanted a text");
        }
        Objects.requireNonNull(window, "window");
        Objects.requireNonNull(cancellation, "cancellation");
    }

    /** Greedy decoding up to {@code maxNewTokens} tokens or the end of the sequence. */
    public static GenerationOptions greedy(int maxNewTokens) {
        return new GenerationOptions(
                maxNewTokens,
                SamplingOptions.greedy(),
                List.of(),
                EndOfSequence.STOP,
                ContextWindow.NONE,
                new Cancellation());
    }

    /** The same with tokens chosen otherwise. */
    public GenerationOptions withSampling(SamplingOptions options) {
        return new GenerationOptions(maxNewTokens, options, stopStrings, endOfSequence, window, cancellation);
    }

    /** The same with these stop strings, in place of those there were; none: with none. */
    public GenerationOptions withStopStrings(String... stops) {
        return new GenerationOptions(maxNewTokens, sampling, List.of(stops), endOfSequence, window, cancellation);
    }

    /** The same with end-of-sequence tokens that end it or do not. */
    public GenerationOptions withEndOfSequence(EndOfSequence what) {
        return new GenerationOptions(maxNewTokens, sampling, stopStrings, what, window, cancellation);
    }

    /** The same with another window. */
    public GenerationOptions withWindow(ContextWindow what) {
        return new GenerationOptions(maxNewTokens, sampling, stopStrings, endOfSequence, what, cancellation);
    }

    /** The same with another means of ending it. */
    public GenerationOptions withCancellation(Cancellation by) {
        return new GenerationOptions(maxNewTokens, sampling, stopStrings, endOfSequence, window, by);
    }

    boolean isCancelled() {
        return cancellation.isCancelled() || Thread.currentThread().isInterrupted();
    }
}
