package io.github.bitnetort.export.checkpoint.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/** A tensor as plain elements: the file's own where they are plain, otherwise float32; rows in Hugging Face's order. */
final class FloatView {
    private final GgufFile file;
    private final GgufTensor tensor;
    private final RowOrder order;
    private final int elementBytes;

    FloatView(GgufFile file, GgufTensor tensor, RowOrder order) {
        this.file = file;
        this.tensor = tensor;
        this.order = order;
        this.elementBytes = tensor.type().direct().map(type -> type.bytes()).orElse(Float.BYTES);
    }

    long byteLength() {
        return Math.multiplyExact(tensor.elements(), elementBytes);
    }

    /** Part of the view's bytes, little-endian; without a copy where the file holds them so. */
    ByteBuffer bytes(long offset, int length) {
        Objects.checkFromIndexSize(offset, (long) length, byteLength());
        if (order.isSame()) {
            return stored(offset, length);
        }
        ByteBuffer dst = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        // Each element of a bias belongs to a row of its weights.
        long rowBytes = tensor.shape().size() == 1 ? elementBytes : tensor.columns() * elementBytes;
        while (dst.hasRemaining()) {
            long at = offset + dst.position();
            long inRow = at % rowBytes;
            int count = (int) Math.min(dst.remaining(), rowBytes - inRow);
            dst.put(stored(order.stored((int) (at / rowBytes)) * rowBytes + inRow, count));
        }
        return dst.flip();
    }

    private ByteBuffer stored(long offset, int length) {
        return tensor.type().direct().isPresent() ? file.bytes(tensor, offset, length) : unpacked(offset, length);
    }

    /** The blocks that the part touches, and of them the part. */
    private ByteBuffer unpacked(long offset, int length) {
        TensorType type = tensor.type();
        long viewBlock = (long) type.blockElements() * Float.BYTES;
        long first = offset / viewBlock;
        int blocks = Math.toIntExact((offset + length + viewBlock - 1) / viewBlock - first);
        ByteBuffer source =
                file.bytes(tensor, first * type.blockBytes(), Math.multiplyExact(blocks, type.blockBytes()));
        float[] values = new float[Math.multiplyExact(blocks, type.blockElements())];
        for (int i = 0; i < blocks; i++) {
            type.codec().toFloats(source, i * type.blockBytes(), values, i * type.blockElements());
        }
        if (type.isI2S()) {
            scale(values);
        }
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        int skip = (int) (offset - first * viewBlock);
        return bytes.slice(skip, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void scale(float[] values) {
        float scale = file.bytes(tensor, tensor.elements() / 4, Float.BYTES).getFloat(0);
        for (int i = 0; i < values.length; i++) {
            values[i] *= scale;
        }
    }
}
