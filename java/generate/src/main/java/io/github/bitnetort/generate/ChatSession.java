package io.github.bitnetort.generate;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A conversation with a model. What was said before stays in the KV cache, so that a turn reads its own tokens only
 * ({@link GenerationResult#reusedTokens()}); where the template writes earlier turns differently from then (some leave out
 * what a model was thinking), it is read again from there on. Not thread-safe; any number of sessions may use one model.
 */
public final class ChatSession implements AutoCloseable {
    /** Positions that the cache has at first. It doubles when they are used up. */
    private static final int ROOM = 1024;

    private final TextTokenizer tokenizer;
    private final ChatTemplate template;
    private final Generator generator;
    private final List<ChatMessage> messages = new ArrayList<>();

    /** The conversation so far as text, with the last answer as it was and without the space around it; and as tokens. */
    private List<String> texts = List.of();

    private long[] ids = {};
    private int turns;

    ChatSession(BitNetModel model, ChatTemplate template) {
        this.template = Objects.requireNonNull(template, "template");
        tokenizer = model.requireTokenizer();
        generator = model.generator();
    }

    /** What was said, in order; a system prompt first where there is one. */
    public List<ChatMessage> messages() {
        return List.copyOf(messages);
    }

    /** Begins a new conversation, with these instructions; empty: without any. */
    public void begin(String system) {
        messages.clear();
        if (!system.isEmpty()) {
            messages.add(ChatMessage.system(system));
        }
        texts = List.of();
        ids = new long[0];
    }

    /** As {@link #send(String, GenerationOptions, TokenListener)}, for the whole answer at once. */
    public GenerationResult send(String message, GenerationOptions options) throws OrtException {
        return send(message, options, (tokenId, text) -> true);
    }

    /**
     * Says something and has it answered. An answer that ended early, by cancellation too, is part of the conversation as
     * far as it came. Each turn draws with the next seed.
     *
     * @param options a window, where it has one, keeps the system prompt
     * @throws ContextLengthException when the conversation has become longer than the model's positions and there is no
     *     window; then nothing was said
     * @throws IllegalArgumentException when the template refuses it; then nothing was said
     */
    public GenerationResult send(String message, GenerationOptions options, TokenListener listener)
            throws OrtException {
        messages.add(ChatMessage.user(message));
        boolean answered = false;
        try {
            String prompt = template.render(messages, true);
            long[] promptIds = promptIds(prompt);
            GenerationResult result = generator.proceed(promptIds, ofThisTurn(options), listener, ROOM);
            answered = true;
            remember(prompt, promptIds, result);
            return result;
        } finally {
            if (!answered) {
                messages.remove(messages.size() - 1);
            }
        }
    }

    /** The tokens that the model has read or written, and those of what comes after them; or all anew. */
    private long[] promptIds(String prompt) {
        for (String text : texts) {
            if (prompt.startsWith(text)) {
                long[] more = tokenizer.encodePlain(prompt.substring(text.length()));
                long[] all = Arrays.copyOf(ids, ids.length + more.length);
                System.arraycopy(more, 0, all, ids.length, more.length);
                return all;
            }
        }
        return tokenizer.encodeRendered(prompt);
    }

    private void remember(String prompt, long[] promptIds, GenerationResult result) {
        messages.add(ChatMessage.assistant(result.text()));
        turns++;
        if (result.stopReason() == StopReason.STOP_STRING) {
            texts = List.of(prompt); // the answer's tokens say more than its text
            ids = promptIds;
            return;
        }
        texts = List.of(prompt + result.text(), prompt + result.text().strip());
        ids = Arrays.copyOf(promptIds, promptIds.length + result.tokenIds().size());
        for (int i = promptIds.length; i < ids.length; i++) {
            ids[i] = result.tokenIds().get(i - promptIds.length);
        }
    }

    private GenerationOptions ofThisTurn(GenerationOptions options) {
        SamplingOptions sampling = options.sampling();
        GenerationOptions own = options.withSampling(sampling.withSeed(sampling.seed() + turns));
        ContextWindow window = options.window();
        if (window.isNone() || !messages.get(0).role().equals(ChatMessage.SYSTEM)) {
            return own;
        }
        int system = tokenizer.encodeRendered(template.render(messages.subList(0, 2), false)).length
                - tokenizer.encodePlain(messages.get(1).content()).length;
        return own.withWindow(window.withKeptFirst(Math.min(Math.max(0, system), window.tokens() / 2)));
    }

    /** Releases the KV cache; the session may be used again, and then reads the conversation anew. */
    @Override
    public void close() {
        generator.close();
    }
}
