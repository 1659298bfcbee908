package io.github.bitnetort.export.model;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.FloatTensors;
import io.github.bitnetort.export.graph.TensorData;
import io.github.bitnetort.ops.MatMulNBitsSpec;
import io.github.bitnetort.ops.NBitsRows;
import java.nio.ByteBuffer;

/** Weights of 8 or 4 bits, or their scales, made of a floating point tensor [N, K] row by row. */
final class NBitsTensorData implements TensorData {
    private final Checkpoint checkpoint;
    private final String tensor;
    private final MatMulNBitsSpec spec;
    private final boolean scales;

    private NBitsTensorData(Checkpoint checkpoint, String tensor, MatMulNBitsSpec spec, boolean scales) {
        this.checkpoint = checkpoint;
        this.tensor = tensor;
        this.spec = spec;
        this.scales = scales;
    }

    static TensorData weights(Checkpoint checkpoint, String tensor, MatMulNBitsSpec spec) {
        return new NBitsTensorData(checkpoint, tensor, spec, false);
    }

    static TensorData scales(Checkpoint checkpoint, String tensor, MatMulNBitsSpec spec) {
        return new NBitsTensorData(checkpoint, tensor, spec, true);
    }

    @Override
    public long byteLength() {
        return (long) spec.n() * unitBytes();
    }

    /** Bytes of a row. */
    @Override
    public int unitBytes() {
        return scales ? spec.blocks() * Float.BYTES : spec.rowBytes();
    }

    @Override
    public void read(long offset, ByteBuffer dst) {
        long first = offset / unitBytes();
        long rows = dst.remaining() / unitBytes();
        FloatTensors.stream(checkpoint, tensor, first * spec.k(), rows * spec.k(), new Rows(first, dst)::take);
    }

    /** Gathers values to rows and quantizes them. */
    private final class Rows {
        private final ByteBuffer dst;
        private final NBitsRows quantizer = new NBitsRows(spec);
        private final float[] row = new float[spec.k()];
        private final byte[] weights = new byte[spec.rowBytes()];
        private final float[] units = new float[spec.blocks()];
        private int filled;
        private long number;

        Rows(long first, ByteBuffer dst) {
            this.number = first;
            this.dst = dst;
        }

        void take(float[] values, int count) {
            for (int from = 0; from < count; ) {
                int length = Math.min(count - from, row.length - filled);
                System.arraycopy(values, from, row, filled, length);
                from += length;
                filled += length;
                if (filled == row.length) {
                    put();
                    filled = 0;
                }
            }
        }

        private void put() {
            try {
                if (scales) {
                    quantizer.scales(row, units, 0);
                    for (float unit : units) {
                        dst.putFloat(unit);
                    }
                } else {
                    quantizer.quantize(row, weights, 0, units, 0);
                    dst.put(weights);
                }
            } catch (IllegalArgumentException e) {
                throw new ExportException(
                        checkpoint.info(tensor).file() + ": tensor " + tensor + ": row " + number + ": "
                                + e.getMessage(),
                        e);
            }
            number++;
        }
    }
}
