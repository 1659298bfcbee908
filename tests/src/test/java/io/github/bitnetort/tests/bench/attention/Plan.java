package io.github.bitnetort.tests.bench.attention;

import io.github.bitnetort.tests.bench.Streaming;

/**
 * How much memory one contender goes through.
 *
 * @param nodes of a session
 * @param sets of caches, one for each node, that its runs take in turn
 */
record Plan(int nodes, int sets) {
    private static final int MOST_NODES = 16;

    /**
     * Few tokens read many bytes for each operation: their caches are then as large together as was asked for.
     *
     * @param bytes wanted of all caches together
     */
    static Plan of(AttentionShape shape, Chunk chunk, long bytes) {
        if (chunk.tokens() > Streaming.MOST_ROWS) {
            return new Plan(Streaming.FEW_NODES, 1);
        }
        long caches = ceilDiv(bytes, shape.cacheBytes(chunk.total()));
        int nodes = (int) Math.max(Streaming.FEW_NODES, Math.min(MOST_NODES, caches));
        return new Plan(nodes, Math.toIntExact(ceilDiv(caches, nodes)));
    }

    private static long ceilDiv(long value, long by) {
        return (value + by - 1) / by;
    }
}
