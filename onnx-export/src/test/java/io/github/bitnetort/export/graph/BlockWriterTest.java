package io.github.bitnetort.export.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockWriterTest {
    private static final int BLOCK = BlockWriter.BLOCK;

    /** Keeps what is written, at most so much at a time, and where each write began. */
    private static final class Recorder implements GatheringByteChannel {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final List<Integer> starts = new ArrayList<>();
        final int most;

        Recorder(int most) {
            this.most = most;
        }

        @Override
        public long write(ByteBuffer[] pieces, int offset, int length) {
            starts.add(bytes.size());
            int left = most;
            for (int i = offset; i < offset + length; i++) {
                byte[] taken = new byte[Math.min(left, pieces[i].remaining())];
                pieces[i].get(taken);
                bytes.writeBytes(taken);
                left -= taken.length;
            }
            return most - left;
        }

        @Override
        public long write(ByteBuffer[] pieces) {
            return write(pieces, 0, pieces.length);
        }

        @Override
        public int write(ByteBuffer piece) {
            return (int) write(new ByteBuffer[] {piece});
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    @Test
    void writesWholeBlocksOfPiecesOfAnySize() throws IOException {
        Recorder out = new Recorder(Integer.MAX_VALUE);
        assertArrayEquals(writePieces(out), out.bytes.toByteArray());
        assertEquals(List.of(0, BLOCK, 2 * BLOCK, 3 * BLOCK), out.starts);
    }

    @Test
    void goesOnAfterAShortWrite() throws IOException {
        Recorder out = new Recorder(BLOCK / 2 - 1);
        assertArrayEquals(writePieces(out), out.bytes.toByteArray());
    }

    /**
     * Small and large pieces and a gap, more than three blocks in all. Each buffer comes back when all of it is written.
     *
     * @return what the file must be
     */
    private static byte[] writePieces(Recorder out) throws IOException {
        List<ByteBuffer> returned = new ArrayList<>();
        BlockWriter writer = new BlockWriter(out, returned::add);
        List<ByteBuffer> pieces = new ArrayList<>();
        List<Integer> ends = new ArrayList<>();
        byte[] wanted = new byte[3 * BLOCK + 12345];
        new Random(1).nextBytes(wanted);
        int gap = 100_000;
        int at = 0;
        for (int length : new int[] {7, 8192, BLOCK - 1, 0, BLOCK, wanted.length - 2 * BLOCK - 8198 - gap}) {
            pieces.add(ByteBuffer.wrap(wanted, at, length).slice());
            writer.write(pieces.get(pieces.size() - 1));
            at += length;
            ends.add(at);
            int written = at / BLOCK * BLOCK;
            assertEquals(written, out.bytes.size());
            assertEquals(ends.stream().filter(end -> end <= written).count(), returned.size());
            if (length == 8192) {
                Arrays.fill(wanted, at, at + gap, (byte) 0);
                at += gap;
                writer.padTo(at);
            }
            assertEquals(at, writer.position());
        }
        assertEquals(wanted.length, at);
        writer.finish();
        assertEquals(pieces.size(), returned.size());
        for (int i = 0; i < pieces.size(); i++) {
            assertSame(pieces.get(i), returned.get(i));
        }
        return wanted;
    }
}
