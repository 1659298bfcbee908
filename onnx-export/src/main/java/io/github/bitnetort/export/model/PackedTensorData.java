package io.github.bitnetort.export.model;

import io.github.bitnetort.export.graph.TensorData;
import io.github.bitnetort.ops.PackedLayout;
import io.github.bitnetort.ops.PackedWeights;
import io.github.bitnetort.ops.RowSource;
import io.github.bitnetort.ops.WeightPacker;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/** Packed weights, made or copied a tile of 16 rows at a time. */
public final class PackedTensorData implements TensorData {
    /** Puts the words of a tile into an array. */
    @FunctionalInterface
    private interface Tiles {
        void copy(int tile, int[] words);
    }

    private final PackedLayout layout;

    /** For one thread each. */
    private final Supplier<Tiles> tiles;

    private PackedTensorData(PackedLayout layout, Supplier<Tiles> tiles) {
        this.layout = layout;
        this.tiles = tiles;
    }

    /** Weights to be packed. */
    public static PackedTensorData of(PackedLayout layout, RowSource rows) {
        return new PackedTensorData(layout, () -> {
            WeightPacker packer = new WeightPacker(layout, rows);
            return (tile, words) -> packer.packTile(tile, words, 0);
        });
    }

    /** Weights that are packed already. */
    public static PackedTensorData of(PackedWeights weights) {
        return new PackedTensorData(weights.layout(), () -> weights::copyTile);
    }

    @Override
    public long byteLength() {
        return (long) layout.wordCount() * Integer.BYTES;
    }

    @Override
    public int unitBytes() {
        return layout.wordsPerTile() * Integer.BYTES;
    }

    @Override
    public void read(long offset, ByteBuffer dst) {
        Tiles source = tiles.get();
        int[] words = new int[layout.wordsPerTile()];
        for (int tile = (int) (offset / unitBytes()); dst.hasRemaining(); tile++) {
            source.copy(tile, words);
            dst.asIntBuffer().put(words);
            dst.position(dst.position() + unitBytes());
        }
    }
}
