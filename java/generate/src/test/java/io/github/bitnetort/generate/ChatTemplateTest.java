package io.github.bitnetort.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ChatTemplateTest {
    private static final JsonMapper MAPPER = new JsonMapper();

    /** Names a file with further cases, such as of real models' templates. */
    private static final String MORE = "test.chat.templates";

    @TempDir
    Path folder;

    static List<JsonNode> cases() throws IOException {
        String more = System.getProperty(MORE);
        try (InputStream in = more == null
                ? ChatTemplateTest.class.getResourceAsStream("/chat_templates.json")
                : Files.newInputStream(Path.of(more))) {
            return StreamSupport.stream(MAPPER.readTree(in.readAllBytes()).spliterator(), false)
                    .toList();
        }
    }

    /** tests/python/make_chat_references.py */
    @ParameterizedTest
    @MethodSource("cases")
    void rendersAsTransformersDoes(JsonNode test) throws IOException {
        var config = MAPPER.createObjectNode().setAll((tools.jackson.databind.node.ObjectNode) test.get("tokens"));
        config.set("chat_template", test.get("template"));
        Files.writeString(folder.resolve("tokenizer_config.json"), MAPPER.writeValueAsString(config));
        ChatTemplate template = ChatTemplate.open(folder).orElseThrow();
        List<ChatMessage> messages = test.get("messages")
                .valueStream()
                .map(message -> new ChatMessage(
                        message.get(0).asString(), message.get(1).asString()))
                .toList();
        boolean prompt = test.get("add_generation_prompt").asBoolean();
        if (test.has("text")) {
            assertEquals(test.get("text").asString(), template.render(messages, prompt), () -> name(test));
        } else {
            var error = assertThrows(IllegalArgumentException.class, () -> template.render(messages, prompt));
            assertTrue(error.getMessage().endsWith(test.get("error").asString()), error::getMessage);
            assertTrue(error.getMessage().contains("tokenizer_config.json: chat template, line "), error::getMessage);
        }
    }

    private static String name(JsonNode test) {
        return test.get("name").asString();
    }

    @Test
    void aFileOfItsOwnGoesBeforeTheConfiguration() throws IOException {
        assertEquals(Optional.empty(), ChatTemplate.open(folder));
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"bos_token\": {\"content\": \"<s>\"}}");
        assertEquals(Optional.empty(), ChatTemplate.open(folder));
        Files.writeString(folder.resolve("tokenizer_config.json"), """
                {"bos_token": {"content": "<s>"}, "chat_template":
                 [{"name": "tool_use", "template": "t"}, {"name": "default", "template": "d{{ bos_token }}"}]}""");
        assertEquals("d<s>", ChatTemplate.open(folder).orElseThrow().render(List.of(), false));
        Files.writeString(folder.resolve("chat_template.jinja"), "f{{ bos_token }}\n");
        assertEquals("f<s>", ChatTemplate.open(folder).orElseThrow().render(List.of(), false));
    }

    @Test
    void whatIsNoTemplateIsNamed() throws IOException {
        Path config = Files.writeString(folder.resolve("tokenizer_config.json"), "{\"chat_template\": 3}");
        var error = assertThrows(IllegalArgumentException.class, () -> ChatTemplate.open(folder));
        assertEquals(
                config + ": chat_template: found NUMBER, wanted a text, or a list with one of the name default",
                error.getMessage());
        Path file = Files.writeString(folder.resolve("chat_template.jinja"), "{% for m in messages %}{{ m.role");
        ChatTemplate broken = ChatTemplate.of(file, folder);
        error = assertThrows(IllegalArgumentException.class, () -> broken.render(List.of(ChatMessage.user("x")), true));
        assertTrue(error.getMessage().startsWith(file + ": chat template, line "), error::getMessage);
    }

    @Test
    void datesAreWrittenAsInPython() {
        LocalDateTime time = LocalDateTime.of(2026, 3, 7, 15, 4, 9);
        assertEquals("07 Mar 2026", PythonFunctions.strftime("%d %b %Y", time));
        assertEquals(
                "Saturday Sat March 03 26 066 15:04:09 03 PM 100%",
                PythonFunctions.strftime("%A %a %B %m %y %j %H:%M:%S %I %p 100%%", time));
        assertThrows(RuntimeException.class, () -> PythonFunctions.strftime("%Q", time));
    }
}
