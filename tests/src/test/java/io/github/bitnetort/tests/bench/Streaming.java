package io.github.bitnetort.tests.bench;

/** How nodes get to read memory rather than caches. */
public final class Streaming {
    /** Up to so many rows, or tokens, a node is bound by what it reads; beyond, by arithmetic, and few nodes do. */
    public static final int MOST_ROWS = 16;

    /** Enough where arithmetic is the bound. */
    public static final int FEW_NODES = 2;

    private static final int LEAST_MEGABYTES = 300;
    private static final double OF_LARGEST_CACHE = 2.5;

    private Streaming() {}

    /** What each contender must read in turn, so that between two reads of one byte the caches are full of others. */
    public static int megabytesOfEach(int contenders) {
        return (int) Math.max(LEAST_MEGABYTES, OF_LARGEST_CACHE * LargestCache.bytes() / 1e6 / contenders);
    }
}
