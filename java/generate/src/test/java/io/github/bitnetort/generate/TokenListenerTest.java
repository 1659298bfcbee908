package io.github.bitnetort.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a listener hears of a generation, and how it ends one. */
class TokenListenerTest extends AbstractCountingModelTest {
    private static final long[] PROMPT = {3, 1, 4};

    @Test
    void theListenerHearsEveryTokenAndMayStop() throws Exception {
        try (BitNetModel model = open();
                Generator generator = model.generator()) {
            List<Long> heard = new ArrayList<>();
            GenerationResult result = generator.generate(PROMPT, GenerationOptions.greedy(50), (id, text) -> {
                heard.add(id);
                return heard.size() < 7;
            });
            assertEquals(StopReason.LISTENER, result.stopReason());
            assertEquals(heard, result.tokenIds());
            assertArrayEquals(CountingModel.continuation(PROMPT, 7), ids(result));
        }
    }

    @Test
    void aListenerThatThrowsLeavesAGeneratorThatWorks() throws Exception {
        try (BitNetModel model = open();
                Generator generator = model.generator()) {
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> generator.generate(PROMPT, GenerationOptions.greedy(50), (id, text) -> {
                        throw new UnsupportedOperationException();
                    }));
            assertArrayEquals(
                    CountingModel.continuation(PROMPT, 9),
                    ids(generator.generate(PROMPT, GenerationOptions.greedy(9))));
        }
    }

    @Test
    void textStreamsInWholeCharactersUpToAStopString() throws Exception {
        Tokenizers.write(folder, Tokenizers.NO_BOS);
        long[] prompt = {'h', 'i'};
        long[] expected = CountingModel.continuation(prompt, 30);
        try (BitNetModel model = open();
                Generator generator = model.generator()) {
            StringBuilder streamed = new StringBuilder();
            TokenListener listener = new TokenListener() {
                @Override
                public boolean onToken(long id, String text) {
                    streamed.append(text);
                    return true;
                }

                @Override
                public void onEnd(String text) {
                    streamed.append(text);
                }
            };
            GenerationResult all = generator.generate("hi", GenerationOptions.greedy(30), listener);
            assertArrayEquals(expected, ids(all));
            assertEquals(model.tokenizer().orElseThrow().decode(expected), all.text());
            assertEquals(all.text(), streamed.toString());

            String stop = all.text().substring(10, 13);
            GenerationResult stopped =
                    generator.generate("hi", GenerationOptions.greedy(30).withStopStrings(stop));
            assertEquals(StopReason.STOP_STRING, stopped.stopReason());
            assertEquals(all.text().substring(0, all.text().indexOf(stop)), stopped.text());
        }
    }
}
