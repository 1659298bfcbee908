package io.github.bitnetort.generate;

import java.util.Objects;

/**
 * What one side of a conversation said.
 *
 * @param role as chat templates know them: {@code system}, {@code user} or {@code assistant}
 */
public record ChatMessage(String role, String content) {
    static final String SYSTEM = "system";
    static final String USER = "user";
    static final String ASSISTANT = "assistant";

    /** @throws NullPointerException where one is null */
    public ChatMessage {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(content, "content");
    }

    /** Instructions. */
    public static ChatMessage system(String content) {
        return new ChatMessage(SYSTEM, content);
    }

    /** What a person writes. */
    public static ChatMessage user(String content) {
        return new ChatMessage(USER, content);
    }

    /** What the model answers. */
    public static ChatMessage assistant(String content) {
        return new ChatMessage(ASSISTANT, content);
    }
}
