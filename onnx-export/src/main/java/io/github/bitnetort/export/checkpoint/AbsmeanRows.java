package io.github.bitnetort.export.checkpoint;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.ops.RowSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Rows of a floating point tensor, made ternary as transformers does online: s = 1 / max(mean |w|, 1e-5), then w · s
 * rounded half to even and clamped to −1..1. A unit of weight is worth 1 / s.
 */
final class AbsmeanRows implements RowSource {
    private static final float SMALLEST_MEAN = 1e-5f;

    private final Checkpoint checkpoint;
    private final TensorInfo tensor;
    private final int k;
    private final float multiplier;

    AbsmeanRows(Checkpoint checkpoint, String name, int k) {
        this.checkpoint = checkpoint;
        this.tensor = checkpoint.info(name);
        this.k = k;
        this.multiplier = 1f / Math.max((float) meanMagnitude(), SMALLEST_MEAN);
    }

    float scale() {
        return 1f / multiplier;
    }

    @Override
    public void copyRow(int n, byte[] dst, int offset) {
        copyRows(n, 1, dst, offset, k);
    }

    @Override
    public void copyRows(int first, int count, byte[] dst, int offset, int stride) {
        int rowBytes = k * tensor.dtype().bytes();
        ByteBuffer row = ByteBuffer.allocate(rowBytes).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[k];
        for (int i = 0; i < count; i++) {
            checkpoint.read(tensor.name(), (long) (first + i) * rowBytes, row.clear());
            tensor.dtype().toFloats(row.flip(), values, 0);
            for (int j = 0; j < k; j++) {
                dst[offset + i * stride + j] = ternary(values[j] * multiplier);
            }
        }
    }

    /** Rounded half to even and clamped: a half becomes 0. */
    private static byte ternary(float value) {
        return (byte) ((value > 0.5f ? 1 : 0) - (value < -0.5f ? 1 : 0));
    }

    private double meanMagnitude() {
        double[] sum = {0};
        FloatTensors.stream(checkpoint, tensor.name(), (chunk, count) -> {
            for (int i = 0; i < count; i++) {
                sum[0] += Math.abs(chunk[i]);
            }
        });
        if (!Double.isFinite(sum[0])) {
            throw ExportException.of(
                    tensor.file(), "tensor " + tensor.name(), "an element that is not finite", "finite numbers");
        }
        return sum[0] / tensor.elements();
    }
}
