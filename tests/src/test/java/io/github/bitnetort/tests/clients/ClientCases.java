package io.github.bitnetort.tests.clients;

import io.github.bitnetort.generate.TextTokenizer;
import io.github.bitnetort.tests.endtoend.Fixture;
import io.github.bitnetort.tests.endtoend.References;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The exported trained model, and the prompts whose greedy tokens every client must find. */
final class ClientCases {
    /**
     * Prompts of the reference in which no two best logits nearly tie; with an embedding of 8 bits, as long as that holds;
     * {@code tests/fixtures/README.md}.
     */
    private static final int[] PROMPTS = {0, 1, 4, 5};

    private ClientCases() {}

    /** A prompt, its token ids, Hugging Face's greedy tokens after it and their text. */
    record Prompt(String text, long[] inputIds, long[] tokens, String continuation) {}

    static Path model() {
        return Fixture.TRAINED.exported().toAbsolutePath();
    }

    static List<Prompt> prompts() throws IOException {
        JsonNode texts = JsonMapper.shared()
                .readTree(Files.readAllBytes(Fixture.TRAINED.checkpoint().resolve("reference.json")))
                .get("prompts");
        List<Prompt> prompts = new ArrayList<>();
        try (References references = Fixture.TRAINED.references();
                TextTokenizer tokenizer = TextTokenizer.open(model()).orElseThrow()) {
            for (int prompt : PROMPTS) {
                long[] all = references.longs("prompt" + prompt + ".greedy.f32");
                long[] tokens = Arrays.copyOf(all, Fixture.SAFE_STEPS_OF_INT8.getOrDefault(prompt, all.length));
                prompts.add(new Prompt(
                        texts.get(prompt).asString(),
                        references.longs("prompt" + prompt + ".input_ids"),
                        tokens,
                        tokenizer.decode(tokens)));
            }
        }
        return prompts;
    }

    /** Writes {@code cases.json}: the model's folder and the prompts. */
    static Path writeJson(Path folder) throws IOException {
        List<Map<String, Object>> prompts = prompts().stream()
                .map(prompt -> Map.<String, Object>of(
                        "text", prompt.text(),
                        "input_ids", prompt.inputIds(),
                        "tokens", prompt.tokens(),
                        "continuation", prompt.continuation()))
                .toList();
        Map<String, Object> root = Map.of("model", model().toString(), "prompts", prompts);
        Files.createDirectories(folder);
        return Files.write(folder.resolve("cases.json"), JsonMapper.shared().writeValueAsBytes(root));
    }

    /** Writes a {@code promptN.txt} for each prompt: a line of token ids and a line of the tokens that follow. */
    static void writeText(Path folder) throws IOException {
        int index = 0;
        for (Prompt prompt : prompts()) {
            Files.write(
                    folder.resolve("prompt" + index++ + ".txt"),
                    List.of(joined(prompt.inputIds()), joined(prompt.tokens())));
        }
    }

    private static String joined(long[] values) {
        return Arrays.stream(values).mapToObj(Long::toString).collect(Collectors.joining(" "));
    }
}
