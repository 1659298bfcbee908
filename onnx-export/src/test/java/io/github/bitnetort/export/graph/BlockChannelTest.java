package io.github.bitnetort.export.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockChannelTest {
    private static final int BLOCK = BlockChannel.BLOCK;

    /** Keeps what is written, at most so much at a time, and where each write began. */
    private static final class Recorder implements WritableByteChannel {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final List<Integer> starts = new ArrayList<>();
        final int most;

        Recorder(int most) {
            this.most = most;
        }

        @Override
        public int write(ByteBuffer src) {
            starts.add(bytes.size());
            byte[] taken = new byte[Math.min(most, src.remaining())];
            src.get(taken);
            bytes.writeBytes(taken);
            return taken.length;
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
        assertArrayEquals(writePieces(new BlockChannel(out)), out.bytes.toByteArray());
        assertEquals(List.of(0, BLOCK, 2 * BLOCK, 3 * BLOCK), out.starts);
    }

    @Test
    void goesOnAfterAShortWrite() throws IOException {
        Recorder out = new Recorder(BLOCK / 2 - 1);
        assertArrayEquals(writePieces(new BlockChannel(out)), out.bytes.toByteArray());
    }

    /** Small and large pieces and a gap, more than three blocks in all; what the file must be. */
    private static byte[] writePieces(BlockChannel channel) throws IOException {
        byte[] wanted = new byte[3 * BLOCK + 12345];
        new Random(1).nextBytes(wanted);
        int gap = 100_000;
        int at = 0;
        for (int length : new int[] {7, 8192, BLOCK - 1, 0, BLOCK, wanted.length - 2 * BLOCK - 8198 - gap}) {
            ByteBuffer piece = ByteBuffer.wrap(wanted, at, length);
            assertEquals(length, channel.write(piece));
            assertEquals(0, piece.remaining());
            at += length;
            if (length == 8192) {
                Arrays.fill(wanted, at, at + gap, (byte) 0);
                at += gap;
                channel.padTo(at);
            }
            assertEquals(at, channel.position());
        }
        assertEquals(wanted.length, at);
        channel.finish();
        return wanted;
    }
}
