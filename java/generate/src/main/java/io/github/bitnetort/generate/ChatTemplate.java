package io.github.bitnetort.generate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * How a model wants a conversation to be written: the Jinja template that comes with its tokenizer, rendered as Hugging
 * Face's {@code apply_chat_template} does. Thread-safe.
 */
public final class ChatTemplate {
    private static final String TEMPLATE_FILE = "chat_template.jinja";
    private static final String CONFIG_FILE = "tokenizer_config.json";
    private static final String TEMPLATE = "chat_template";
    private static final List<String> TOKENS = List.of("bos_token", "eos_token", "pad_token", "unk_token");

    private final JinjaTemplate template;
    private final Map<String, Object> tokens;

    private ChatTemplate(JinjaTemplate template, Map<String, Object> tokens) {
        this.template = template;
        this.tokens = tokens;
    }

    /**
     * Reads {@code chat_template.jinja}, or where there is none {@code chat_template} of {@code tokenizer_config.json} (a
     * text, or a list of named ones, of which {@code default} is taken).
     *
     * @param folder an exported model or a checkpoint
     * @return empty where neither has one
     * @throws IllegalArgumentException when a file holds something else than wanted
     */
    public static Optional<ChatTemplate> open(Path folder) throws IOException {
        Path config = folder.resolve(CONFIG_FILE);
        JsonNode root = Files.exists(config) ? JsonFiles.readObject(config) : null;
        Path file = folder.resolve(TEMPLATE_FILE);
        Map<String, Object> tokens = root == null ? Map.of() : tokens(root);
        if (Files.exists(file)) {
            return Optional.of(new ChatTemplate(new JinjaTemplate(file, Files.readString(file)), tokens));
        }
        if (root == null
                || root.path(TEMPLATE).isMissingNode()
                || root.path(TEMPLATE).isNull()) {
            return Optional.empty();
        }
        return Optional.of(new ChatTemplate(new JinjaTemplate(config, text(config, root.get(TEMPLATE))), tokens));
    }

    /** A template of one's own, with the special tokens of the folder's {@code tokenizer_config.json}. */
    public static ChatTemplate of(Path file, Path folder) throws IOException {
        Path config = folder.resolve(CONFIG_FILE);
        Map<String, Object> tokens = Files.exists(config) ? tokens(JsonFiles.readObject(config)) : Map.of();
        return new ChatTemplate(new JinjaTemplate(file, Files.readString(file)), tokens);
    }

    private static String text(Path file, JsonNode template) {
        if (template.isString()) {
            return template.asString();
        }
        for (JsonNode named : template) {
            if (named.path("name").asString("").equals("default")
                    && named.path("template").isString()) {
                return named.get("template").asString();
            }
        }
        throw new IllegalArgumentException(file + ": " + TEMPLATE + ": found " + template.getNodeType()
                + ", wanted a text, or a list with one of the name default");
    }

    private static Map<String, Object> tokens(JsonNode config) {
        Map<String, Object> tokens = new LinkedHashMap<>();
        for (String name : TOKENS) {
            JsonNode token = config.path(name);
            String text = token.isObject() ? token.path("content").asString("") : token.asString("");
            if (!text.isEmpty()) {
                tokens.put(name, text);
            }
        }
        return tokens;
    }

    /**
     * @param addGenerationPrompt whether the text ends where the assistant's answer begins
     * @throws IllegalArgumentException when the template refuses the conversation, or uses what is not known; with the
     *     template's own message
     */
    public String render(List<ChatMessage> messages, boolean addGenerationPrompt) {
        Map<String, Object> variables = new LinkedHashMap<>(tokens);
        variables.put(
                "messages",
                messages.stream()
                        .map(message -> {
                            Map<String, Object> map = new LinkedHashMap<>();
                            map.put("role", message.role());
                            map.put("content", message.content());
                            return map;
                        })
                        .toList());
        variables.put("add_generation_prompt", addGenerationPrompt);
        return template.render(variables);
    }
}
