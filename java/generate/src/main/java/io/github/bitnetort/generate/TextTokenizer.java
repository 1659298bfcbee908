package io.github.bitnetort.generate;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Hugging Face's {@code tokenizer.json}, through DJL's binding of the tokenizers library. Prompts are never truncated or
 * padded, whatever the file says. Whether a prompt begins with the BOS token is what {@code tokenizer.json}'s
 * post-processor does, unless {@code tokenizer_config.json} states {@code add_bos_token}. Thread-safe.
 */
public final class TextTokenizer implements AutoCloseable {
    static final String TOKENIZER_FILE = "tokenizer.json";

    private final HuggingFaceTokenizer tokenizer;
    private final BosRule bosRule;
    private final InUse inUse;

    private TextTokenizer(Path file, HuggingFaceTokenizer tokenizer, BosRule bosRule) {
        this.tokenizer = tokenizer;
        inUse = new InUse(file.toString());
        this.bosRule = bosRule;
    }

    /**
     * @param folder an exported model or a checkpoint
     * @return empty where the folder has no {@code tokenizer.json}
     * @throws IllegalArgumentException when the file is not a tokenizer
     */
    public static Optional<TextTokenizer> open(Path folder) throws IOException {
        Path file = folder.resolve(TOKENIZER_FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        DjlSettings.keepOffline();
        Map<String, String> options = Map.of("truncation", "false", "padding", "false");
        HuggingFaceTokenizer tokenizer = load(file, options);
        try {
            return Optional.of(
                    new TextTokenizer(file, tokenizer, BosRule.read(folder, text -> encodePlain(tokenizer, text))));
        } catch (IOException | RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    private static HuggingFaceTokenizer load(Path file, Map<String, String> options) throws IOException {
        try {
            return HuggingFaceTokenizer.newInstance(file, options);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    file + ": found no tokenizer that can be read (" + e.getMessage()
                            + "), wanted a tokenizer.json of Hugging Face's tokenizers",
                    e);
        }
    }

    /** Token ids of a prompt, with the special tokens that the model wants around it. */
    public long[] encode(String text) {
        return bosRule.apply(
                text, inUse.use(() -> tokenizer.encode(text, true, false).getIds()));
    }

    /**
     * Token ids of a prompt that a chat template has written: special tokens in it are such, and what the model wants
     * around a prompt is added, but no second BOS token.
     */
    public long[] encodeRendered(String text) {
        long[] plain = encodePlain(text);
        long[] whole = encode(text);
        boolean twice = whole.length > 1 && plain.length > 0 && whole[0] == plain[0] && whole[1] == plain[0];
        return twice ? plain : whole;
    }

    /** Token ids of a part of a text: special tokens in it are such, and nothing is added. */
    public long[] encodePlain(String text) {
        return inUse.use(() -> encodePlain(tokenizer, text));
    }

    /** The text of these tokens, without special tokens. An incomplete character at the end becomes U+FFFD. */
    public String decode(long... ids) {
        return inUse.use(() -> tokenizer.decode(ids, true));
    }

    /** A decoder that takes one token after the other and gives whole characters only. */
    public StreamingDecoder streamingDecoder() {
        return new StreamingDecoder(this::decode);
    }

    @Override
    public void close() {
        inUse.close(tokenizer::close);
    }

    private static long[] encodePlain(HuggingFaceTokenizer tokenizer, String text) {
        return tokenizer.encode(text, false, false).getIds();
    }
}
