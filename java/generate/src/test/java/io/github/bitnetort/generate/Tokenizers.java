package io.github.bitnetort.generate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Writes a tokenizer.json with one token for each byte: id = the byte; then {@link #BOS} and {@link #EOS}. */
final class Tokenizers {
    static final long BOS = 256;
    static final long EOS = 257;

    private Tokenizers() {}

    /** @param postProcessor JSON of the post-processor */
    static void write(Path folder, String postProcessor) throws IOException {
        StringBuilder vocab = new StringBuilder();
        byteCharacters()
                .forEach((id, character) -> vocab.append(vocab.isEmpty() ? "" : ",")
                        .append('"')
                        .append(character == '"' || character == '\\' ? "\\" : "")
                        .append((char) (int) character)
                        .append("\":")
                        .append(id));
        String json = """
                {"version": "1.0", "normalizer": null,
                 "truncation": {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0},
                 "padding": {"strategy": {"Fixed": 64}, "direction": "Left", "pad_to_multiple_of": null,
                             "pad_id": 257, "pad_type_id": 0, "pad_token": "<eos>"},
                 "added_tokens": [%s, %s],
                 "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false},
                 "post_processor": %s,
                 "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false},
                 "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
                           "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false,
                           "vocab": {%s}, "merges": []}}
                """.formatted(special(BOS, "<bos>"), special(EOS, "<eos>"), postProcessor, vocab);
        Files.writeString(folder.resolve("tokenizer.json"), json, StandardCharsets.UTF_8);
    }

    static final String NO_BOS = "null";

    static final String WITH_BOS = """
            {"type": "TemplateProcessing",
             "single": [{"SpecialToken": {"id": "<bos>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
             "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
             "special_tokens": {"<bos>": {"id": "<bos>", "ids": [256], "tokens": ["<bos>"]}}}""";

    private static String special(long id, String text) {
        return """
                {"id": %d, "content": "%s", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
                 "special": true}""".formatted(id, text);
    }

    /** GPT-2's printable characters for bytes: itself where printable in Latin-1, else from U+0100 on. */
    private static Map<Integer, Integer> byteCharacters() {
        Map<Integer, Integer> characters = new TreeMap<>();
        int next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b != 0xAD);
            characters.put(b, printable ? b : next++);
        }
        return characters;
    }
}
