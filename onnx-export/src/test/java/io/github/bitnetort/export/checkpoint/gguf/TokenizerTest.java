package io.github.bitnetort.export.checkpoint.gguf;

import static io.github.bitnetort.export.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The files that are made of the metadata; that Hugging Face's tokenizers read them is for the tests module. */
class TokenizerTest {
    private static final String TOKENIZER = "tokenizer.json";
    private static final String CONFIG = "tokenizer_config.json";

    @TempDir
    private Path folder;

    private static TestGguf gpt2(String architecture) {
        return TinyGguf.model(architecture, TinyGguf::tq2)
                .text("tokenizer.ggml.model", "gpt2")
                .texts("tokenizer.ggml.tokens", List.of("a", "b", "ab", "<s>", "<|eot_id|>", "[PAD5]", "<u>"))
                .integers("tokenizer.ggml.token_type", 1, 1, 1, 3, 3, 5, 4)
                .texts("tokenizer.ggml.merges", List.of("a b"))
                .integer("tokenizer.ggml.bos_token_id", 3)
                .integer("tokenizer.ggml.eos_token_id", 3);
    }

    private static TestGguf llama() {
        return TinyGguf.model("llama", TinyGguf::tq2)
                .text("tokenizer.ggml.model", "llama")
                .texts(
                        "tokenizer.ggml.tokens",
                        List.of("<unk>", "<s>", "<0x0A>", "\u2581", "a", "\u2581a", "aa", "\u2581aa"))
                .integers("tokenizer.ggml.token_type", 2, 3, 6, 1, 1, 1, 1, 1)
                .numbers("tokenizer.ggml.scores", 0, 0, 0, -5, -6, -1, -2, -1)
                .integer("tokenizer.ggml.bos_token_id", 1)
                .integer("tokenizer.ggml.unknown_token_id", 0);
    }

    @Test
    void bitnetWithoutPreTokenizerIsLlama3s() throws IOException {
        Map<String, JsonNode> files = files(gpt2("bitnet-b1.58").text("tokenizer.chat_template", "{{ x }}"), null);
        JsonNode tokenizer = files.get(TOKENIZER);
        assertTrue(tokenizer
                .at("/pre_tokenizer/pretokenizers/0/pattern/Regex")
                .stringValue()
                .contains("\\p{N}{1,3}"));
        assertTrue(tokenizer.at("/model/ignore_merges").booleanValue());
        assertEquals(2, tokenizer.at("/model/vocab/ab").intValue());
        assertFalse(tokenizer.at("/model/vocab").has("[PAD5]"));
        assertEquals("[[\"a\",\"b\"]]", tokenizer.at("/model/merges").toString());
        assertEquals(3, tokenizer.at("/added_tokens").size());
        assertFalse(tokenizer.at("/added_tokens/2/special").booleanValue());
        assertEquals(
                "<s>",
                tokenizer
                        .at("/post_processor/processors/1/single/0/SpecialToken/id")
                        .stringValue());
        assertEquals("{{ x }}", files.get(CONFIG).path("chat_template").stringValue());
        assertTrue(files.get(CONFIG).path("add_bos_token").booleanValue());
        assertEquals(
                "[3,4]",
                files.get("generation_config.json").path("eos_token_id").toString());
        assertEquals("relu2", files.get("config.json").path("hidden_act").stringValue());
        assertEquals(
                128, files.get("config.json").path("max_position_embeddings").intValue());
    }

    @Test
    void preTokenizersByName() throws IOException {
        JsonNode qwen =
                files(gpt2("llama").text("tokenizer.ggml.pre", "qwen2"), null).get(TOKENIZER);
        assertEquals("NFC", qwen.at("/normalizer/type").stringValue());
        assertEquals(1, qwen.at("/post_processor/processors").size());
        JsonNode other = files(gpt2("llama").text("tokenizer.ggml.pre", "qwen2"), "default")
                .get(TOKENIZER);
        assertEquals(5, other.at("/pre_tokenizer/pretokenizers").size());
        refused(gpt2("llama"), "tokenizer.ggml.pre", "found none", "llama-bpe");
        refused(
                gpt2("llama").text("tokenizer.ggml.pre", "poro-chat"),
                "tokenizer.ggml.pre",
                "found poro-chat",
                "qwen2");
    }

    @Test
    void sentencePieceMergesByScore() throws IOException {
        JsonNode tokenizer = files(llama(), null).get(TOKENIZER);
        assertEquals(
                "[[\"\u2581\",\"a\"],[\"\u2581\",\"aa\"],[\"\u2581a\",\"a\"],[\"a\",\"a\"]]",
                tokenizer.at("/model/merges").toString());
        assertTrue(tokenizer.at("/model/byte_fallback").booleanValue());
        assertEquals("<unk>", tokenizer.at("/model/unk_token").stringValue());
        assertEquals("Prepend", tokenizer.at("/normalizer/normalizers/0/type").stringValue());
        JsonNode bare = files(llama().flag("tokenizer.ggml.add_space_prefix", false), null)
                .get(TOKENIZER);
        assertEquals("Replace", bare.at("/normalizer/normalizers/0/type").stringValue());
        assertEquals(3, bare.at("/decoder/decoders").size());
    }

    @Test
    void withoutTokenizerThereAreNoFilesOfOne() throws IOException {
        assertEquals(
                Set.of("config.json"),
                files(TinyGguf.model("llama", TinyGguf::tq2), null).keySet());
    }

    @Test
    void whatIsRefused() {
        refused(gpt2("bitnet").text("tokenizer.ggml.model", "bert"), "tokenizer.ggml.model", "bert", "gpt2 or llama");
        refused(gpt2("bitnet").integers("tokenizer.ggml.token_type", 1), "token_type", "1 types", "7");
        refused(gpt2("bitnet").integer("tokenizer.ggml.bos_token_id", 7), "bos_token_id", "found 7", "less than 7");
        refused(gpt2("bitnet").texts("tokenizer.ggml.merges", List.of("ab")), "merges", "\"ab\"");
        refused(gpt2("bitnet").remove("tokenizer.ggml.merges"), "merges", "found none");
        refused(llama().remove("tokenizer.ggml.scores"), "scores", "found none");
        refused(llama().numbers("tokenizer.ggml.scores", 1, 2), "scores", "2 scores");
        List<String> many = Collections.nCopies(9, "x");
        refused(gpt2("bitnet").texts("tokenizer.ggml.tokens", many), "tokens", "9 tokens", "at most 8");
        refused(gpt2("bitnet").texts("tokenizer.ggml.tokens", many.subList(0, 7)), "tokens", "twice");
    }

    private void refused(TestGguf file, String... parts) {
        assertRefused(() -> files(file, null), parts);
    }

    private Map<String, JsonNode> files(TestGguf file, String preTokenizer) throws IOException {
        GgufOptions options = GgufOptions.DEFAULT.withPreTokenizer(preTokenizer);
        try (GgufModel model = GgufModel.open(file.write(folder.resolve("t.gguf")), options)) {
            Map<String, JsonNode> parsed = new HashMap<>();
            model.companions().forEach((name, bytes) -> parsed.put(name, new JsonMapper().readTree(bytes)));
            return parsed;
        }
    }
}
