package io.github.bitnetort.export.graph;

import io.github.bitnetort.export.ProgressListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Counts bytes on their way and tells a listener. */
final class Progress {
    private final ProgressListener listener;
    private final long total;
    private long done;

    Progress(ProgressListener listener, long total) {
        this.listener = listener;
        this.total = total;
    }

    /** The channel, watched. */
    WritableByteChannel channel(WritableByteChannel out, String item) {
        return new WritableByteChannel() {
            @Override
            public int write(ByteBuffer src) throws IOException {
                int written = out.write(src);
                done += written;
                listener.progress(item, done, total);
                return written;
            }

            @Override
            public boolean isOpen() {
                return out.isOpen();
            }

            @Override
            public void close() {
                throw new UnsupportedOperationException("the channel belongs to the writer");
            }
        };
    }
}
