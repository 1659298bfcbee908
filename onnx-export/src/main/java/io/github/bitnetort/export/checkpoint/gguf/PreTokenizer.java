package io.github.bitnetort.export.checkpoint.gguf;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** How text is split before byte pairs are merged, by the names of {@code tokenizer.ggml.pre}; as llama.cpp reads them. */
enum PreTokenizer {
    LLAMA3(
            List.of("llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "falcon_e", "pixtral", "lfm2"),
            List.of("(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
                    + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"),
            true,
            true,
            false),
    QWEN2(
            List.of("qwen2", "deepseek-r1-qwen"),
            List.of("(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
                    + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"),
            false,
            false,
            true),
    GPT2(
            List.of("gpt-2"),
            List.of("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"),
            false,
            false,
            false),
    DEFAULT(
            List.of("default"),
            List.of(
                    "[\\p{P}\\$\\+<=>\\^~\\|]+",
                    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)",
                    "\\p{N}+",
                    "[0-9][0-9][0-9]"),
            false,
            false,
            false);

    private final List<String> names;
    private final List<String> patterns;
    private final boolean ignoresMerges;
    private final boolean addsBos;
    private final boolean composes;

    PreTokenizer(List<String> names, List<String> patterns, boolean ignoresMerges, boolean addsBos, boolean composes) {
        this.names = names;
        this.patterns = patterns;
        this.ignoresMerges = ignoresMerges;
        this.addsBos = addsBos;
        this.composes = composes;
    }

    static Optional<PreTokenizer> of(String name) {
        return Arrays.stream(values())
                .filter(value -> value.names.contains(name))
                .findFirst();
    }

    static List<String> allNames() {
        return Arrays.stream(values()).flatMap(value -> value.names.stream()).toList();
    }

    /** Regular expressions that split one after the other; what matches and what lies between are parts. */
    List<String> patterns() {
        return patterns;
    }

    /** Whether a part that is a token is taken whole, whatever the merges would make of it. */
    boolean ignoresMerges() {
        return ignoresMerges;
    }

    /** Whether prompts begin with the BOS token where the file does not say. */
    boolean addsBos() {
        return addsBos;
    }

    /** Whether text is composed (Unicode NFC) first. */
    boolean composes() {
        return composes;
    }
}
