package io.github.bitnetort.generate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * What {@code tokenizer_config.json} says about the BOS token: {@code add_bos_token} is a statement about every prompt and
 * goes before {@code tokenizer.json}'s post-processor; where it is absent the post-processor alone decides.
 */
record BosRule(Wish wish, String bosText, long bosId) {
    enum Wish {
        ALWAYS,
        NEVER,
        AS_ENCODED
    }

    private static final String FILE = "tokenizer_config.json";
    private static final BosRule AS_ENCODED = new BosRule(Wish.AS_ENCODED, "", -1);

    static BosRule read(Path folder, Function<String, long[]> encodePlain) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return AS_ENCODED;
        }
        JsonNode config = JsonFiles.readObject(file);
        JsonNode add = config.path("add_bos_token");
        if (add.isMissingNode() || add.isNull()) {
            return AS_ENCODED;
        }
        if (!add.isBoolean()) {
            throw new IllegalArgumentException(file + ": add_bos_token: found " + add + ", wanted true or false");
        }
        JsonNode token = config.path("bos_token");
        String text = token.isObject() ? token.path("content").asString("") : token.asString("");
        if (text.isEmpty()) {
            if (add.asBoolean()) {
                throw new IllegalArgumentException(
                        file + ": bos_token: found " + token + ", wanted a token, because add_bos_token is true");
            }
            return AS_ENCODED;
        }
        long[] ids = encodePlain.apply(text);
        if (ids.length != 1) {
            throw new IllegalArgumentException(file + ": bos_token: found \"" + text
                    + "\", which tokenizer.json reads as " + ids.length + " tokens, wanted one");
        }
        return new BosRule(add.asBoolean() ? Wish.ALWAYS : Wish.NEVER, text, ids[0]);
    }

    /** {@code ids} are what {@code text} became under the post-processor. */
    long[] apply(String text, long[] ids) {
        boolean begins = ids.length > 0 && ids[0] == bosId;
        if (wish == Wish.ALWAYS && !begins) {
            long[] longer = new long[ids.length + 1];
            longer[0] = bosId;
            System.arraycopy(ids, 0, longer, 1, ids.length);
            return longer;
        }
        boolean added = begins && !text.startsWith(bosText);
        return wish == Wish.NEVER && added ? Arrays.copyOfRange(ids, 1, ids.length) : ids;
    }
}
