package io.github.bitnetort.export.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Gathers what is written, from a file's start to its end, into blocks of 2 MiB and writes each in one go, also where it
 * comes in small pieces. Linux keeps a file in pages as large as the writes that made it, where the file system can, and
 * maps those of 2 MiB as such: reading weights from such a mapping takes 5 to 10 % less time than from small pages.
 */
final class BlockChannel implements WritableByteChannel {
    /** The size of a huge page on x86-64, and on 64-bit ARM with pages of 4 KiB. */
    static final int BLOCK = 2 << 20;

    private final WritableByteChannel out;
    private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    private long flushed;

    /** @param out at the start of the file; is left open */
    BlockChannel(WritableByteChannel out) {
        this.out = out;
    }

    /** How many bytes have been written. */
    long position() {
        return flushed + block.position();
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        int count = src.remaining();
        while (src.hasRemaining()) {
            int length = Math.min(src.remaining(), block.remaining());
            block.put(src.duplicate().limit(src.position() + length));
            src.position(src.position() + length);
            flushFull();
        }
        return count;
    }

    /** Writes zeros up to a position, which may not lie behind what is written. */
    void padTo(long position) throws IOException {
        while (position() < position) {
            int length = (int) Math.min(position - position(), block.remaining());
            for (int i = 0; i < length; i++) {
                block.put((byte) 0);
            }
            flushFull();
        }
    }

    /** Writes what is left over. */
    void finish() throws IOException {
        block.flip();
        while (block.hasRemaining()) {
            flushed += out.write(block);
        }
        block.clear();
    }

    private void flushFull() throws IOException {
        if (!block.hasRemaining()) {
            finish();
        }
    }

    @Override
    public boolean isOpen() {
        return out.isOpen();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException("the channel belongs to the writer");
    }
}
