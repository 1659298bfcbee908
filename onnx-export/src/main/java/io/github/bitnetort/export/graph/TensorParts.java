package io.github.bitnetort.export.graph;

/** How a tensor is divided: into parts of a few MiB, which are good to write and little to hold. */
final class TensorParts {
    static final int BYTES = 1 << 21;

    private TensorParts() {}

    /** Bytes of the part that begins at {@code offset}: as many whole units as fit, but one at least. */
    static int length(TensorData data, long offset) {
        int unit = data.unitBytes();
        long most = Math.max(1, BYTES / unit) * (long) unit;
        return Math.toIntExact(Math.min(most, data.byteLength() - offset));
    }
}
