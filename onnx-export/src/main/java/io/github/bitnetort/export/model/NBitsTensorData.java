package io.github.bitnetort.export.model;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.FloatTensors;
import io.github.bitnetort.export.graph.TensorData;
import io.github.bitnetort.ops.MatMulNBitsSpec;
import io.github.bitnetort.ops.NBitsRows;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/** Weights of 8 or 4 bits, or their scales, made of a floating point tensor [N, K] row by row while they are written. */
final class NBitsTensorData implements TensorData {
    private static final int BUFFER_BYTES = 1 << 16;

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
        return (long) spec.n() * rowBytes();
    }

    private int rowBytes() {
        return scales ? spec.blocks() * Float.BYTES : spec.rowBytes();
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        Rows rows = new Rows(out);
        FloatTensors.stream(checkpoint, tensor, rows::take);
        rows.flush();
    }

    /** Gathers values to rows, and quantized rows to writes. */
    private final class Rows {
        private final WritableByteChannel out;
        private final NBitsRows quantizer = new NBitsRows(spec);
        private final float[] row = new float[spec.k()];
        private final byte[] weights = new byte[spec.rowBytes()];
        private final float[] units = new float[spec.blocks()];
        private final ByteBuffer buffer =
                ByteBuffer.allocate(Math.max(BUFFER_BYTES, rowBytes())).order(ByteOrder.LITTLE_ENDIAN);
        private int filled;
        private int done;

        Rows(WritableByteChannel out) {
            this.out = out;
        }

        void take(float[] values, int count) throws IOException {
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

        private void put() throws IOException {
            try {
                quantizer.quantize(row, weights, 0, units, 0);
            } catch (IllegalArgumentException e) {
                throw new ExportException("tensor " + tensor + ": row " + done + ": " + e.getMessage(), e);
            }
            done++;
            if (buffer.remaining() < rowBytes()) {
                flush();
            }
            if (!scales) {
                buffer.put(weights);
                return;
            }
            for (float unit : units) {
                buffer.putFloat(unit);
            }
        }

        void flush() throws IOException {
            buffer.flip();
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
            buffer.clear();
        }
    }
}
