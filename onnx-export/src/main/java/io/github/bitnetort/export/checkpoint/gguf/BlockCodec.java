package io.github.bitnetort.export.checkpoint.gguf;

import java.nio.ByteBuffer;

/** How the elements of a block are written. */
interface BlockCodec {
    /**
     * A whole block as floats.
     *
     * @param block little-endian, the block's bytes from index {@code at}
     */
    void toFloats(ByteBuffer block, int at, float[] dst, int offset);
}
