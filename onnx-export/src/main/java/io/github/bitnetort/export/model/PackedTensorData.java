package io.github.bitnetort.export.model;

import static io.github.bitnetort.ops.CustomBitMatMul.TILE_ROWS;

import io.github.bitnetort.export.graph.TensorData;
import io.github.bitnetort.ops.PackedLayout;
import io.github.bitnetort.ops.PackedWeights;
import io.github.bitnetort.ops.RowPlanes;
import io.github.bitnetort.ops.RowSource;
import io.github.bitnetort.ops.WeightPacker;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/** Packed weights, made or copied a tile of 16 rows at a time, or four tiles whose rows are stored in the same bytes. */
public final class PackedTensorData implements TensorData {
    /** Makes tiles, for one thread. */
    @FunctionalInterface
    private interface Tiles {
        /** Puts the words of a tile into an array. */
        void copy(int tile, int[] words);

        /** Puts the words of four tiles, of which this row is the first, into an array, or returns false. */
        default boolean copyPlanes(int first, int[] words) {
            return false;
        }
    }

    private final PackedLayout layout;

    /** Null where there are none. */
    private final RowSource rows;

    private final Supplier<Tiles> tiles;

    private PackedTensorData(PackedLayout layout, RowSource rows, Supplier<Tiles> tiles) {
        this.layout = layout;
        this.rows = rows;
        this.tiles = tiles;
    }

    /** Weights to be packed. */
    public static PackedTensorData of(PackedLayout layout, RowSource rows) {
        return new PackedTensorData(layout, rows, () -> new Packer(new WeightPacker(layout, rows)));
    }

    /** Weights that are packed already. */
    public static PackedTensorData of(PackedWeights weights) {
        return new PackedTensorData(weights.layout(), null, () -> weights::copyTile);
    }

    private record Packer(WeightPacker packer) implements Tiles {
        @Override
        public void copy(int tile, int[] words) {
            packer.packTile(tile, words, 0);
        }

        @Override
        public boolean copyPlanes(int first, int[] words) {
            return packer.packPlanes(first, words);
        }
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
    public long sharedBytes(long offset) {
        int tile = tile(offset);
        return Math.max(1, RowPlanes.COUNT * planeTiles(tile)) * (long) unitBytes();
    }

    /** Tiles of each of the planes that begin with a tile; 0 where none do, or where tiles have rows of two of them. */
    private int planeTiles(int tile) {
        int first = tile * TILE_ROWS;
        if (rows == null || !layout.packing().isTernary()) {
            return 0;
        }
        return rows.planes(first)
                .filter(planes -> planes.first() == first && planes.rows() % TILE_ROWS == 0)
                .map(planes -> planes.rows() / TILE_ROWS)
                .orElse(0);
    }

    private int tile(long offset) {
        return (int) (offset / unitBytes());
    }

    @Override
    public void read(long offset, ByteBuffer dst) {
        Tiles source = tiles.get();
        int[] words = new int[RowPlanes.COUNT * layout.wordsPerTile()];
        for (int tile = tile(offset); dst.hasRemaining(); ) {
            int inPlane = planeTiles(tile);
            int tiles = RowPlanes.COUNT * inPlane;
            if (tiles == 0
                    || dst.remaining() < (long) tiles * unitBytes()
                    || !copy(source, tile, inPlane, words, dst)) {
                tiles = 1;
                source.copy(tile, words);
                put(words, 0, dst, dst.position());
            }
            dst.position(dst.position() + tiles * unitBytes());
            tile += tiles;
        }
    }

    private boolean copy(Tiles source, int tile, int inPlane, int[] words, ByteBuffer dst) {
        for (int i = 0; i < inPlane; i++) {
            if (!source.copyPlanes((tile + i) * TILE_ROWS, words)) {
                return false;
            }
            for (int plane = 0; plane < RowPlanes.COUNT; plane++) {
                int at = dst.position() + (plane * inPlane + i) * unitBytes();
                put(words, plane * layout.wordsPerTile(), dst, at);
            }
        }
        return true;
    }

    private void put(int[] words, int from, ByteBuffer dst, int at) {
        dst.slice(at, unitBytes()).order(dst.order()).asIntBuffer().put(words, from, layout.wordsPerTile());
    }
}
