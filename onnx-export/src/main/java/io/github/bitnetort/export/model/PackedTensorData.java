package io.github.bitnetort.export.model;

import io.github.bitnetort.export.graph.TensorData;
import io.github.bitnetort.ops.PackedLayout;
import io.github.bitnetort.ops.PackedWeights;
import io.github.bitnetort.ops.RowSource;
import io.github.bitnetort.ops.WeightPacker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/** Packed weights, made or copied a tile of 16 rows at a time while they are written. */
public final class PackedTensorData implements TensorData {
    /** Puts the words of a tile into an array. */
    @FunctionalInterface
    private interface Tiles {
        void copy(int tile, int[] words);
    }

    private final PackedLayout layout;
    private final Tiles tiles;

    private PackedTensorData(PackedLayout layout, Tiles tiles) {
        this.layout = layout;
        this.tiles = tiles;
    }

    /** Weights to be packed. */
    public static PackedTensorData of(PackedLayout layout, RowSource rows) {
        return new PackedTensorData(layout, (tile, words) -> WeightPacker.packTile(layout, tile, rows, words, 0));
    }

    /** Weights that are packed already. */
    public static PackedTensorData of(PackedWeights weights) {
        return new PackedTensorData(weights.layout(), weights::copyTile);
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
            tiles.copy(tile, words);
            bytes.clear();
            bytes.asIntBuffer().put(words);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        }
    }
}
