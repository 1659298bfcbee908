package io.github.bitnetort.export.graph;

/** How a tensor is divided: into parts of a few MiB, which are good to write and little to hold. */
final class TensorParts {
    static final int BYTES = 1 << 21;

    /** The largest part, where units share what they are made of. */
    static final int MOST_SHARED = 1 << 26;

    private TensorParts() {}

    /** Bytes of the part that begins at {@code offset}: as many whole units as fit, or as share what they are made of. */
    static int length(TensorData data, long offset) {
        int unit = data.unitBytes();
        long length = shared(data, offset);
        if (length == unit) {
            length = Math.max(1, BYTES / unit) * (long) unit;
        }
        while (offset + length < data.byteLength()) {
            long next = shared(data, offset + length);
            if (next == unit || length + next > BYTES) {
                break;
            }
            length += next;
        }
        return Math.toIntExact(Math.min(length, data.byteLength() - offset));
    }

    private static long shared(TensorData data, long offset) {
        long shared = data.sharedBytes(offset);
        return shared <= MOST_SHARED ? shared : data.unitBytes();
    }
}
