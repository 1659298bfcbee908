package io.github.bitnetort.export.checkpoint.gguf;

import io.github.bitnetort.export.checkpoint.DType;
import io.github.bitnetort.export.checkpoint.QuantizedMatrix;
import io.github.bitnetort.ops.RowSource;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Floating point weights that are ternary already: each row has one magnitude beside 0. */
final class FloatTernaryMatrix implements QuantizedMatrix {
    private final GgufFile file;
    private final GgufTensor tensor;
    private final RowOrder order;
    private final DType dtype;
    private final BlockScales scales;

    private FloatTernaryMatrix(GgufFile file, GgufTensor tensor, RowOrder order, BlockScales scales) {
        this.file = file;
        this.tensor = tensor;
        this.order = order;
        this.dtype = tensor.type().direct().orElseThrow();
        this.scales = scales;
    }

    /**
     * The matrix, if its values are such; other values are found in its first rows.
     *
     * @param factor what the file stores beside the tensor, by which its product is multiplied; 1 where nothing
     */
    static Optional<QuantizedMatrix> find(GgufFile file, GgufTensor tensor, RowOrder order, float factor) {
        int k = Math.toIntExact(tensor.columns());
        int n = Math.toIntExact(tensor.elements() / k);
        DType dtype = tensor.type().direct().orElseThrow();
        float[] scales = new float[n];
        float[] values = new float[k];
        for (int row = 0; row < n; row++) {
            readRow(file, tensor, dtype, row, values);
            float magnitude = magnitude(values);
            if (magnitude < 0) {
                return Optional.empty();
            }
            scales[row] = magnitude == 0 ? BlockScales.ANY : magnitude * factor;
        }
        return Optional.of(new FloatTernaryMatrix(file, tensor, order, BlockScales.of(n, k, k, scales)));
    }

    @Override
    public boolean isBinary() {
        return false;
    }

    @Override
    public int blockSize() {
        return 0;
    }

    @Override
    public float[] scale() {
        return scales.ordered(order);
    }

    @Override
    public float[] blockScales(int blockSize, int first, int count) {
        return scales.expand(order, blockSize, first, count);
    }

    @Override
    public RowSource rows() {
        return (n, dst, offset) -> {
            float[] values = new float[scales.k()];
            readRow(file, tensor, dtype, order.stored(n), values);
            for (int i = 0; i < values.length; i++) {
                dst[offset + i] = (byte) Math.signum(values[i]);
            }
        };
    }

    private static void readRow(GgufFile file, GgufTensor tensor, DType dtype, int row, float[] values) {
        int bytes = values.length * dtype.bytes();
        ByteBuffer source = file.bytes(tensor, (long) row * bytes, bytes);
        dtype.toFloats(source, values, 0);
    }

    /** The one magnitude beside 0 (0 where there is none), or -1 where there are several. */
    private static float magnitude(float[] values) {
        float magnitude = 0;
        for (float value : values) {
            float found = Math.abs(value);
            if (!Float.isFinite(found) || found != 0 && magnitude != 0 && found != magnitude) {
                return -1;
            }
            magnitude = Math.max(magnitude, found);
        }
        return magnitude;
    }
}
