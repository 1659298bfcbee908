package io.github.bitnetort.tests.checkpoints;

import io.github.bitnetort.export.checkpoint.DType;
import java.util.List;

/**
 * A tensor to be written.
 *
 * @param values what it holds: bytes of four ternary codes where {@code dtype} is U8, else BF16 numbers
 */
record PlannedTensor(String name, DType dtype, List<Long> shape, Values values) {

    /** Normally distributed, or packed ternary, where mean and deviation have no meaning. */
    record Values(double mean, double deviation) {
        static final Values TERNARY = new Values(Double.NaN, Double.NaN);

        static Values constant(double value) {
            return new Values(value, 0);
        }
    }

    static PlannedTensor floats(String name, double mean, double deviation, long... shape) {
        return new PlannedTensor(name, DType.BF16, list(shape), new Values(mean, deviation));
    }

    /** Four rows a byte: [rows / 4, columns]. */
    static PlannedTensor ternary(String name, long rows, long columns) {
        if (rows % 4 != 0) {
            throw new IllegalArgumentException(name + ": found " + rows + " rows, wanted a multiple of 4");
        }
        return new PlannedTensor(name, DType.U8, list(rows / 4, columns), Values.TERNARY);
    }

    long bytes() {
        return shape.stream().reduce((long) dtype.bytes(), Math::multiplyExact);
    }

    private static List<Long> list(long... shape) {
        return java.util.Arrays.stream(shape).boxed().toList();
    }
}
