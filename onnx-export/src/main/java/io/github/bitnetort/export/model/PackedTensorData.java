package io.github.bitnetort.export.model;

import io.github.bitnetort.export.graph.TensorData;
import io.github.bitnetort.ops.PackedLayout;
import io.github.bitnetort.ops.RowSource;
import io.github.bitnetort.ops.WeightPacker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/** Packed weights, made of their rows a tile of 16 at a time while they are written. */
final class PackedTensorData implements TensorData {
    private final PackedLayout layout;
    private final RowSource rows;

    PackedTensorData(PackedLayout layout, RowSource rows) {
        this.layout = layout;
        this.rows = rows;
    }

    @Override
    public long byteLength() {
        return (long) layout.wordCount() * Integer.BYTES;
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        int[] words = new int[layout.wordsPerTile()];
        ByteBuffer bytes = ByteBuffer.allocate(words.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int tile = 0; tile < layout.rowTiles(); tile++) {
            WeightPacker.packTile(layout, tile, rows, words, 0);
            bytes.clear();
            bytes.asIntBuffer().put(words);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        }
    }
}
