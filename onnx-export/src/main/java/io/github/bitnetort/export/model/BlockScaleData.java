package io.github.bitnetort.export.model;

import io.github.bitnetort.export.checkpoint.BitLinear;
import io.github.bitnetort.export.graph.TensorData;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.ScaleKind;
import java.nio.ByteBuffer;
import java.util.List;

/** The scales [ceil(N/16), blocks, 16] of stacked layers in blocks, a tile of 16 rows at a time: an eighth of a large model. */
final class BlockScaleData implements TensorData {
    private final List<BitLinear> parts;
    private final BitMatMulSpec spec;

    BlockScaleData(List<BitLinear> parts, BitMatMulSpec spec) {
        this.parts = parts;
        this.spec = spec;
    }

    @Override
    public long byteLength() {
        return (long) spec.layout().rowTiles() * unitBytes();
    }

    @Override
    public int unitBytes() {
        return CustomBitMatMul.TILE_ROWS * spec.blocks() * Float.BYTES;
    }

    /** Rows behind N have the scale 0. */
    @Override
    public void read(long offset, ByteBuffer dst) {
        int first = (int) (offset / unitBytes()) * CustomBitMatMul.TILE_ROWS;
        float[] scales = new float[dst.remaining() / Float.BYTES];
        int end = first + scales.length / spec.blocks();
        int begin = 0;
        for (BitLinear part : parts) {
            int from = Math.max(first, begin);
            int count = Math.min(end, begin + part.n()) - from;
            if (count > 0) {
                put(part.blockScales().of(from - begin, count), from, first, scales);
            }
            begin += part.n();
        }
        dst.asFloatBuffer().put(scales);
        dst.position(dst.limit());
    }

    /** Puts scales of rows from {@code row} on into those of the tiles that begin with row {@code first}. */
    private void put(float[] rows, int row, int first, float[] dst) {
        int skipped = spec.scaleIndex(ScaleKind.BLOCK, first, 0);
        int blocks = spec.blocks();
        for (int i = 0; i < rows.length; i++) {
            dst[spec.scaleIndex(ScaleKind.BLOCK, row + i / blocks, i % blocks) - skipped] = rows[i];
        }
    }
}
