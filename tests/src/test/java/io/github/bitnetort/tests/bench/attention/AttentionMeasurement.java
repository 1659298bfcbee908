package io.github.bitnetort.tests.bench.attention;

/**
 * One contender's time.
 *
 * @param nanos median time of a node
 */
record AttentionMeasurement(
        AttentionShape shape, Chunk chunk, int threads, AttentionContender contender, double nanos) {
    /** Bytes a nanosecond of the keys and values that it must read. */
    double bytes() {
        return shape.cacheBytes(chunk.total()) / nanos;
    }

    /** Operations a nanosecond. */
    double operations() {
        return shape.operations(chunk) / nanos;
    }
}
