package io.github.bitnetort.tests.bench.attention;

import io.github.bitnetort.ops.GroupQueryAttentionSpec;
import io.github.bitnetort.tests.checkpoints.PublishedConfigs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The attention of a published model. */
record AttentionShape(String name, GroupQueryAttentionSpec spec) {
    /** Those of all published configurations. */
    static List<AttentionShape> all() throws IOException {
        List<AttentionShape> shapes = new ArrayList<>();
        for (String name : PublishedConfigs.names()) {
            shapes.add(of(name, PublishedConfigs.read(name)));
        }
        return shapes;
    }

    private static AttentionShape of(String name, JsonNode config) {
        int heads = config.required("num_attention_heads").asInt();
        int headDim =
                config.path("head_dim").asInt(config.required("hidden_size").asInt() / heads);
        int kvHeads = config.required("num_key_value_heads").asInt();
        return new AttentionShape(name, heads, kvHeads, headDim);
    }

    AttentionShape(String name, int heads, int kvHeads, int headDim) {
        this(name, new GroupQueryAttentionSpec(heads, kvHeads, headDim, (float) Math.pow(headDim, -0.5)));
    }

    /** Bytes of keys and values of so many columns. */
    long cacheBytes(long columns) {
        return 2 * columns * spec.kvWidth() * Float.BYTES;
    }

    /** Operations for these tokens, a product and its sum being two: each sees the columns up to its own. */
    double operations(Chunk chunk) {
        double seen = chunk.tokens() * (chunk.cached() + (chunk.tokens() + 1) / 2.0);
        return 4 * seen * spec.queryWidth();
    }

    @Override
    public String toString() {
        return name + " (" + spec.heads() + " heads on " + spec.kvHeads() + " of " + spec.headDim() + ")";
    }
}
