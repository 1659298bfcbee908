package io.github.bitnetort.export.checkpoint.gguf;

import io.github.bitnetort.export.ExportException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The tokenizer's part of the metadata.
 *
 * @param kinds of the tokens, by the format's numbers, as many as there are tokens
 */
record Vocabulary(GgufMetadata metadata, Model model, List<String> tokens, List<Long> kinds) {
    static final long NORMAL = 1;
    static final long UNKNOWN = 2;
    static final long CONTROL = 3;
    static final long USER_DEFINED = 4;
    static final long UNUSED = 5;

    private static final String PREFIX = "tokenizer.ggml.";

    /** How tokens are found. */
    enum Model {
        /** Byte-level pairs, merged in the order of a list. */
        GPT2,
        /** SentencePiece's pairs, merged in the order of scores. */
        LLAMA
    }

    /**
     * The vocabulary; empty where the file has none.
     *
     * @throws ExportException naming the key, found and wanted, for a tokenizer of another kind or lists that disagree
     */
    static Optional<Vocabulary> read(GgufMetadata metadata, int rows) {
        String name = metadata.text(PREFIX + "model").orElse("none");
        if (name.equals("none") || name.equals("no_vocab")) {
            return Optional.empty();
        }
        Model model = switch (name) {
            case "gpt2" -> Model.GPT2;
            case "llama" -> Model.LLAMA;
            default -> throw metadata.bad(PREFIX + "model", name, "gpt2 or llama");
        };
        List<String> tokens = metadata.list(PREFIX + "tokens", String.class)
                .orElseThrow(() -> metadata.bad(PREFIX + "tokens", "none", "the tokens' texts"));
        if (tokens.size() > rows) {
            throw metadata.bad(
                    PREFIX + "tokens", tokens.size() + " tokens", "at most " + rows + ", the embedding's rows");
        }
        List<Long> kinds = metadata.list(PREFIX + "token_type", Long.class)
                .orElseGet(() -> Collections.nCopies(tokens.size(), NORMAL));
        if (kinds.size() != tokens.size()) {
            throw metadata.bad(PREFIX + "token_type", kinds.size() + " types", tokens.size() + ", one a token");
        }
        return Optional.of(new Vocabulary(metadata, model, tokens, kinds));
    }

    /** Such as bos, eos, padding: the token that {@code tokenizer.ggml.<role>_token_id} names. */
    OptionalInt special(String role) {
        String key = PREFIX + role + "_token_id";
        OptionalInt id = metadata.integer(key);
        if (id.isPresent() && id.getAsInt() >= tokens.size()) {
            throw metadata.bad(key, id.getAsInt(), "less than " + tokens.size() + ", the number of tokens");
        }
        return id;
    }

    boolean flag(String name, boolean absent) {
        return metadata.flag(PREFIX + name).orElse(absent);
    }

    /** The value of {@code tokenizer.ggml.pre}. */
    Optional<String> preTokenizer() {
        return metadata.text(PREFIX + "pre");
    }

    /** Two texts with a space between, for each merge. */
    List<String> merges() {
        return metadata.list(PREFIX + "merges", String.class)
                .orElseThrow(() -> metadata.bad(PREFIX + "merges", "none", "the merges of a gpt2 tokenizer"));
    }

    List<Double> scores() {
        List<Double> scores = metadata.list(PREFIX + "scores", Double.class)
                .orElseThrow(() -> metadata.bad(PREFIX + "scores", "none", "the scores of a llama tokenizer"));
        if (scores.size() != tokens.size()) {
            throw metadata.bad(PREFIX + "scores", scores.size() + " scores", tokens.size() + ", one a token");
        }
        return scores;
    }

    ExportException bad(String name, Object found, Object wanted) {
        return metadata.bad(PREFIX + name, found, wanted);
    }
}
