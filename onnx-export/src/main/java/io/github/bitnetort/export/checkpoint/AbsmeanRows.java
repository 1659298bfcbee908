package io.github.bitnetort.export.checkpoint;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.ops.RowSource;
import java.nio.ByteBuffer;

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
    private final float[] values;

    AbsmeanRows(Checkpoint checkpoint, String name, int k) {
        this.checkpoint = checkpoint;
        this.tensor = checkpoint.info(name);
        this.k = k;
        this.multiplier = 1f / Math.max((float) meanMagnitude(), SMALLEST_MEAN);
        this.values = new float[k];
    }

    float scale() {
        return 1f / multiplier;
    }

    @Override
    public void copyRow(int n, byte[] dst, int offset) {
        int bytes = k * tensor.dtype().bytes();
        ByteBuffer row = checkpoint.bytes(tensor.name(), (long) n * bytes, bytes);
        tensor.dtype().toFloats(row, values, 0);
        for (int i = 0; i < k; i++) {
            dst[offset + i] = (byte) Math.max(-1, Math.min(1, Math.rint(values[i] * multiplier)));
        }
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
