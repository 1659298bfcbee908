package io.github.bitnetort.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTokenizerTest {
    @TempDir
    Path folder;

    @Test
    void neverTruncatesOrPadsWhateverTheFileSays() throws IOException {
        Tokenizers.write(folder, Tokenizers.NO_BOS);
        try (TextTokenizer tokenizer = TextTokenizer.open(folder).orElseThrow()) {
            String text = "x".repeat(700);
            assertEquals(700, tokenizer.encode(text).length);
            assertArrayEquals(new long[] {'h', 'i'}, tokenizer.encode("hi"));
            assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
            assertEquals(0, tokenizer.encode("").length);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "false, '', 104 105",
        "true, '', 256 104 105",
        "false, '{\"add_bos_token\": true, \"bos_token\": \"<bos>\"}', 256 104 105",
        "false, '{\"add_bos_token\": true, \"bos_token\": {\"content\": \"<bos>\"}}', 256 104 105",
        "true, '{\"add_bos_token\": true, \"bos_token\": \"<bos>\"}', 256 104 105",
        "true, '{\"add_bos_token\": false, \"bos_token\": \"<bos>\"}', 104 105",
        "true, '{\"bos_token\": \"<bos>\"}', 256 104 105",
        "false, '{\"add_bos_token\": false}', 104 105"
    })
    void addsBosAsTheFilesSay(boolean template, String config, String ids) throws IOException {
        Tokenizers.write(folder, template ? Tokenizers.WITH_BOS : Tokenizers.NO_BOS);
        if (!config.isEmpty()) {
            Files.writeString(folder.resolve("tokenizer_config.json"), config);
        }
        try (TextTokenizer tokenizer = TextTokenizer.open(folder).orElseThrow()) {
            assertEquals(ids, String.join(" ", List.of(boxed(tokenizer.encode("hi")))));
        }
    }

    @Test
    void aPromptThatSpellsBosOutHasItOnce() throws IOException {
        Tokenizers.write(folder, Tokenizers.NO_BOS);
        Files.writeString(
                folder.resolve("tokenizer_config.json"), "{\"add_bos_token\": true, \"bos_token\": \"<bos>\"}");
        try (TextTokenizer tokenizer = TextTokenizer.open(folder).orElseThrow()) {
            assertArrayEquals(new long[] {256, 'h'}, tokenizer.encode("<bos>h"));
        }
    }

    @Test
    void streamsWholeCharactersOnly() throws IOException {
        Tokenizers.write(folder, Tokenizers.NO_BOS);
        String text = "a é 語 😀👩‍👧 z";
        try (TextTokenizer tokenizer = TextTokenizer.open(folder).orElseThrow()) {
            StreamingDecoder decoder = tokenizer.streamingDecoder();
            List<String> pieces = new ArrayList<>();
            for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
                pieces.add(decoder.next(b & 0xff));
            }
            assertEquals("", decoder.end());
            assertEquals(text, String.join("", pieces));
            for (String piece : pieces) {
                assertTrue(piece.indexOf('\uFFFD') < 0, piece);
                assertTrue(piece.codePointCount(0, piece.length()) <= 1, piece);
            }
        }
    }

    @Test
    void anUnfinishedCharacterComesAtTheEndAsReplacement() throws IOException {
        Tokenizers.write(folder, Tokenizers.NO_BOS);
        try (TextTokenizer tokenizer = TextTokenizer.open(folder).orElseThrow()) {
            StreamingDecoder decoder = tokenizer.streamingDecoder();
            assertEquals("a", decoder.next('a'));
            assertEquals("", decoder.next(0xF0));
            assertEquals("", decoder.next(0x9F));
            assertEquals("\uFFFD", decoder.end());
            assertEquals("b", decoder.next('b'));
        }
    }

    @Test
    void specialTokensHaveNoText() throws IOException {
        Tokenizers.write(folder, Tokenizers.NO_BOS);
        try (TextTokenizer tokenizer = TextTokenizer.open(folder).orElseThrow()) {
            StreamingDecoder decoder = tokenizer.streamingDecoder();
            assertEquals("", decoder.next(Tokenizers.BOS));
            assertEquals("a", decoder.next('a'));
            assertEquals("", decoder.next(Tokenizers.EOS));
            assertEquals("b", decoder.next('b'));
            assertEquals("", decoder.end());
        }
    }

    @Test
    void aFolderWithoutTokenizerHasNone() throws IOException {
        assertTrue(TextTokenizer.open(folder).isEmpty());
    }

    @Test
    void brokenFilesAreNamed() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": 3}");
        var error = assertThrows(IllegalArgumentException.class, () -> TextTokenizer.open(folder));
        assertTrue(
                error.getMessage().startsWith(folder.resolve("tokenizer.json") + ": found no tokenizer"),
                error::getMessage);

        Tokenizers.write(folder, Tokenizers.NO_BOS);
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"add_bos_token\": \"yes\"}");
        error = assertThrows(IllegalArgumentException.class, () -> TextTokenizer.open(folder));
        assertTrue(
                error.getMessage().endsWith("add_bos_token: found \"yes\", wanted true or false"), error::getMessage);

        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"add_bos_token\": true, \"bos_token\": \"two\"}");
        error = assertThrows(IllegalArgumentException.class, () -> TextTokenizer.open(folder));
        assertTrue(
                error.getMessage().contains("found \"two\", which tokenizer.json reads as 3 tokens"),
                error::getMessage);

        Files.writeString(folder.resolve("tokenizer_config.json"), "[");
        error = assertThrows(IllegalArgumentException.class, () -> TextTokenizer.open(folder));
        assertTrue(error.getMessage().contains("tokenizer_config.json: found no JSON"), error::getMessage);
    }

    @Test
    void djlIsToldToStayOffline() throws IOException {
        Tokenizers.write(folder, Tokenizers.NO_BOS);
        TextTokenizer.open(folder).orElseThrow().close();
        assertEquals("true", setting("OPT_OUT_TRACKING"));
        assertEquals("cpu", setting("RUST_FLAVOR"));
    }

    private static String setting(String name) {
        return System.getenv(name) == null ? System.getProperty(name) : System.getenv(name);
    }

    private static String[] boxed(long[] ids) {
        return java.util.Arrays.stream(ids).mapToObj(Long::toString).toArray(String[]::new);
    }
}
