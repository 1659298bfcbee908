package io.github.bitnetort.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** With a token for each byte, and a model whose next token depends on all tokens that it has seen. */
class ChatSessionTest extends AbstractCountingModelTest {
    private static final String TEMPLATE =
            "{% for m in messages %}<{{ m.role }}>{{ m.content }}\n{% endfor %}{% if add_generation_prompt %}<assistant>"
                    + "{% endif %}";

    @Test
    void aTurnReadsItsOwnTokensOnly() throws Exception {
        try (BitNetModel model = open(TEMPLATE, "{}");
                ChatSession chat = model.chat()) {
            chat.begin("Count.");
            long[] first = bytes("<system>Count.\n<user>hi\n<assistant>");
            GenerationResult one = chat.send("hi", GenerationOptions.greedy(5));
            assertArrayEquals(CountingModel.continuation(first, 5), ids(one));
            assertEquals(0, one.reusedTokens());
            assertEquals(first.length, one.promptTokens());

            long[] second = concat(first, ids(one), bytes("\n<user>more\n<assistant>"));
            GenerationResult two = chat.send("more", GenerationOptions.greedy(7));
            assertArrayEquals(CountingModel.continuation(second, 7), ids(two));
            assertEquals(first.length + 5 - 1, two.reusedTokens(), "all but the last new token, which no run has seen");
            assertEquals(second.length, two.promptTokens());
            assertEquals(second.length - two.reusedTokens(), two.readTokens());
            assertEquals(
                    List.of("system", "user", "assistant", "user", "assistant"),
                    chat.messages().stream().map(ChatMessage::role).toList());

            chat.begin("");
            GenerationResult anew = chat.send("hi", GenerationOptions.greedy(3));
            assertArrayEquals(CountingModel.continuation(bytes("<user>hi\n<assistant>"), 3), ids(anew));
            assertEquals("<".length(), anew.reusedTokens());
        }
    }

    @Test
    void whatTheTemplateWritesOtherwiseIsReadAgainFromThereOn() throws Exception {
        String forgetful = "{% for m in messages %}{% if m.role == 'user' %}<u>{{ m.content }}{% else %}<a>!{% endif %}"
                + "{% endfor %}{% if add_generation_prompt %}<a>{% endif %}";
        try (BitNetModel model = open(forgetful, "{}");
                ChatSession chat = model.chat()) {
            chat.send("hi", GenerationOptions.greedy(5));
            GenerationResult two = chat.send("more", GenerationOptions.greedy(4));
            assertEquals("<u>hi<a>".length(), two.reusedTokens());
            assertArrayEquals(CountingModel.continuation(bytes("<u>hi<a>!<u>more<a>"), 4), ids(two));
        }
    }

    @Test
    void aConversationThatIsTooLongIsRefusedAndStaysAsItWas() throws Exception {
        try (BitNetModel model = open(TEMPLATE, "{\"max_position_embeddings\": 60}");
                ChatSession chat = model.chat()) {
            chat.send("hi", GenerationOptions.greedy(5));
            String longer = "x".repeat(60);
            var error =
                    assertThrows(IllegalArgumentException.class, () -> chat.send(longer, GenerationOptions.greedy(5)));
            assertTrue(error.getMessage().contains("wanted at most 60 (max_position_embeddings)"), error::getMessage);
            assertEquals(2, chat.messages().size());
            GenerationResult next = chat.send("a", GenerationOptions.greedy(2));
            assertTrue(next.reusedTokens() > 0);
            GenerationOptions window = GenerationOptions.greedy(90).withWindow(ContextWindow.last(48));
            assertEquals(StopReason.MAX_NEW_TOKENS, chat.send(longer, window).stopReason());
        }
    }

    @Test
    void afterAStopStringTheConversationIsInTheCacheStill() throws Exception {
        try (BitNetModel model = open(TEMPLATE, "{}");
                ChatSession chat = model.chat()) {
            String text = chat.send("hi", GenerationOptions.greedy(30)).text();
            chat.begin("");
            String stop = text.substring(12, 13);
            GenerationResult one = chat.send("hi", GenerationOptions.greedy(30).withStopStrings(stop));
            assertEquals(StopReason.STOP_STRING, one.stopReason());
            String first = "<user>hi\n<assistant>";
            GenerationResult two = chat.send("more", GenerationOptions.greedy(6));
            assertTrue(two.reusedTokens() >= first.length(), "reused " + two.reusedTokens());
            long[] second = concat(bytes(first), bytes(one.text() + "\n<user>more\n<assistant>"));
            assertArrayEquals(CountingModel.continuation(second, 6), ids(two));
        }
    }

    /** 1024 positions at first: the cache grows twice, and nothing is read again. */
    @Test
    void aGrowingCacheKeepsWhatItHas() throws Exception {
        try (BitNetModel model = open(TEMPLATE, "{}");
                ChatSession chat = model.chat()) {
            long[] said = {};
            for (int turn = 0; turn < 6; turn++) {
                String message = "x".repeat(500);
                long[] prompt = concat(said, bytes((turn == 0 ? "" : "\n") + "<user>" + message + "\n<assistant>"));
                GenerationResult result = chat.send(message, GenerationOptions.greedy(20));
                assertArrayEquals(CountingModel.continuation(prompt, 20), ids(result), "turn " + turn);
                assertEquals(Math.max(0, said.length - 1), result.reusedTokens(), "turn " + turn);
                said = concat(prompt, ids(result));
            }
            assertTrue(said.length > 3000);
        }
    }

    @Test
    void aCancelledAnswerIsPartOfTheConversation() throws Exception {
        try (BitNetModel model = open(TEMPLATE, "{}");
                ChatSession chat = model.chat()) {
            Cancellation cancellation = new Cancellation();
            GenerationResult one =
                    chat.send("hi", GenerationOptions.greedy(50).withCancellation(cancellation), (id, text) -> {
                        cancellation.cancel();
                        return true;
                    });
            assertEquals(StopReason.CANCELLED, one.stopReason());
            long[] first = bytes("<user>hi\n<assistant>");
            long[] second = concat(first, ids(one), bytes("\n<user>go on\n<assistant>"));
            GenerationResult two = chat.send("go on", GenerationOptions.greedy(3));
            assertEquals(first.length, two.reusedTokens());
            assertArrayEquals(CountingModel.continuation(second, 3), ids(two));
        }
    }

    @Test
    void withoutATemplateThereIsNoConversation() throws Exception {
        try (BitNetModel model = open(TEMPLATE, "{}")) {
            assertTrue(model.chatTemplate().isPresent());
        }
        Files.delete(folder.resolve("chat_template.jinja"));
        try (BitNetModel model = BitNetModel.open(folder, OPTIONS)) {
            var error = assertThrows(IllegalStateException.class, model::chat);
            assertTrue(error.getMessage().startsWith(folder + ": found no chat_template.jinja"), error::getMessage);
        }
    }

    private BitNetModel open(String template, String config) throws Exception {
        Tokenizers.write(folder, Tokenizers.NO_BOS);
        Files.writeString(folder.resolve("chat_template.jinja"), template);
        return open(config);
    }

    private static long[] bytes(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return LongStream.range(0, utf8.length).map(i -> utf8[(int) i] & 0xff).toArray();
    }

    private static long[] concat(long[]... parts) {
        return Arrays.stream(parts).flatMapToLong(Arrays::stream).toArray();
    }
}
