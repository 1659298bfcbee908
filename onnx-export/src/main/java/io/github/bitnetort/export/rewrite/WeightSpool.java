package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.graph.TemporaryPath;
import io.github.bitnetort.ops.RowSource;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Ternary weights on disk, two bits each, between the proof that they are and the writing of the model: the matrices of a
 * large model need not be in memory, nor be computed twice. The file is gone when this is closed.
 */
final class WeightSpool implements Closeable {
    private static final int PER_BYTE = 4;

    private final FileChannel channel;
    private long end;

    private WeightSpool(FileChannel channel) {
        this.channel = channel;
    }

    /** A spool in the folder of a file that is going to be written. */
    static WeightSpool beside(Path target) throws IOException {
        return new WeightSpool(FileChannel.open(
                TemporaryPath.beside(target),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE));
    }

    /** Takes rows 0..n − 1 of k weights, one after the other, by {@link Matrix#add}. */
    Matrix matrix(int k) {
        return new Matrix(k);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** One matrix in the spool. */
    final class Matrix implements RowSource {
        private final long start = end;
        private final int k;
        private final ByteBuffer row;

        private Matrix(int k) {
            this.k = k;
            this.row = ByteBuffer.allocate((k + PER_BYTE - 1) / PER_BYTE);
        }

        /** Appends a row. */
        void add(byte[] weights) {
            row.clear();
            for (int i = 0; i < k; i += PER_BYTE) {
                int code = 0;
                for (int j = 0; j < PER_BYTE && i + j < k; j++) {
                    code |= weights[i + j] + 1 << 2 * j;
                }
                row.put((byte) code);
            }
            row.flip();
            try {
                while (row.hasRemaining()) {
                    end += channel.write(row, end);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void copyRow(int n, byte[] dst, int offset) {
            ByteBuffer codes = ByteBuffer.allocate(row.capacity());
            long from = start + (long) n * codes.capacity();
            try {
                while (codes.hasRemaining() && channel.read(codes, from + codes.position()) >= 0) {
                    continue;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            for (int i = 0; i < k; i++) {
                dst[offset + i] = (byte) ((codes.get(i / PER_BYTE) >>> 2 * (i % PER_BYTE) & 3) - 1);
            }
        }
    }
}
