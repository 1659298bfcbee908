package io.github.bitnetort.export.model;

import io.github.bitnetort.export.graph.TensorData;
import java.nio.ByteBuffer;
import java.util.function.DoubleUnaryOperator;

/**
 * The cosines or sines of all positions times a factor, [positions, headDim / 2], made a row at a time. Angles are
 * products of floats, as in transformers; StrictMath, so that every machine writes the same bytes.
 */
final class RotaryTableData implements TensorData {
    static final DoubleUnaryOperator COS = StrictMath::cos;
    static final DoubleUnaryOperator SIN = StrictMath::sin;

    private final int positions;
    private final float[] inverseFrequencies;
    private final float factor;
    private final DoubleUnaryOperator function;

    RotaryTableData(int positions, float[] inverseFrequencies, float factor, DoubleUnaryOperator function) {
        this.positions = positions;
        this.inverseFrequencies = inverseFrequencies;
        this.factor = factor;
        this.function = function;
    }

    @Override
    public long byteLength() {
        return (long) positions * inverseFrequencies.length * Float.BYTES;
    }

    @Override
    public int unitBytes() {
        return inverseFrequencies.length * Float.BYTES;
    }

    @Override
    public void read(long offset, ByteBuffer dst) {
        for (int position = (int) (offset / unitBytes()); dst.hasRemaining(); position++) {
            for (float frequency : inverseFrequencies) {
                dst.putFloat((float) function.applyAsDouble((float) position * frequency) * factor);
            }
        }
    }
}
