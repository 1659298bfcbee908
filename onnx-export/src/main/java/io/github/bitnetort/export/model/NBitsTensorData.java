package io.github.bitnetort.export.model;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.FloatTensors;
import io.github.bitnetort.export.graph.TensorData;
import io.github.bitnetort.ops.MatMulNBitsSpec;
import io.github.bitnetort.ops.NBitsRows;
import java.nio.ByteBuffer;

/** Weights of 8 or 4 bits and their scales, made of a floating point tensor [N, K] row by row. */
final class NBitsTensorData {
    private final Checkpoint checkpoint;
    private final String tensor;
    private final MatMulNBitsSpec spec;
    private final KnownScales known;

    NBitsTensorData(Checkpoint checkpoint, String tensor, MatMulNBitsSpec spec) {
        this.checkpoint = checkpoint;
        this.tensor = tensor;
        this.spec = spec;
        this.known = new KnownScales(spec.n(), spec.blocks());
    }

    /** [N, K · bits / 8] */
    TensorData weights() {
        return new Data(spec.rowBytes()) {
            @Override
            void read(long first, int rows, ByteBuffer dst) {
                byte[] weights = new byte[spec.rowBytes()];
                float[] units = new float[spec.blocks()];
                NBitsRows quantizer = new NBitsRows(spec);
                stream(first, rows, (number, row) -> {
                    quantizer.quantize(row, weights, 0, units, 0);
                    dst.put(weights);
                    known.put(number, units);
                });
            }
        };
    }

    /** [N, blocks], little-endian floats. Where the weights were made before, the tensor need not be read again. */
    TensorData scales() {
        return new Data(spec.blocks() * Float.BYTES) {
            @Override
            void read(long first, int rows, ByteBuffer dst) {
                if (known.copy(first, rows, dst)) {
                    return;
                }
                float[] units = new float[spec.blocks()];
                NBitsRows quantizer = new NBitsRows(spec);
                stream(first, rows, (number, row) -> {
                    quantizer.scales(row, units, 0);
                    for (float unit : units) {
                        dst.putFloat(unit);
                    }
                });
            }
        };
    }

    /** Something made of rows. */
    private abstract class Data implements TensorData {
        private final int rowBytes;

        Data(int rowBytes) {
            this.rowBytes = rowBytes;
        }

        @Override
        public long byteLength() {
            return (long) spec.n() * rowBytes;
        }

        @Override
        public int unitBytes() {
            return rowBytes;
        }

        @Override
        public void read(long offset, ByteBuffer dst) {
            read(offset / rowBytes, dst.remaining() / rowBytes, dst);
        }

        abstract void read(long first, int rows, ByteBuffer dst);
    }

    /** Receives a row [K]. */
    @FunctionalInterface
    private interface Rows {
        void take(long number, float[] row);
    }

    private void stream(long first, int rows, Rows consumer) {
        RowGatherer gatherer = new RowGatherer(first, consumer);
        FloatTensors.stream(checkpoint, tensor, first * spec.k(), (long) rows * spec.k(), gatherer::take);
    }

    /** Gathers values to rows. */
    private final class RowGatherer {
        private final Rows consumer;
        private final float[] row = new float[spec.k()];
        private int filled;
        private long number;

        RowGatherer(long first, Rows consumer) {
            this.number = first;
            this.consumer = consumer;
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
                consumer.take(number, row);
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
