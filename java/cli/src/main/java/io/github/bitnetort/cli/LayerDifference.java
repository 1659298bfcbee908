package io.github.bitnetort.cli;

import io.github.bitnetort.export.ProbePoint;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.ActivationQuantizer;
import java.util.OptionalDouble;

/**
 * How one layer differs between two runs.
 *
 * @param input largest difference of what it read, by the largest magnitude; empty where one side does not know
 * @param quantized share of the layer's quantized activations that differ: flipped int8 values, or wrong signs
 * @param output largest difference of what it gave, by the largest magnitude
 * @param outputAbsolute the same, not divided
 */
record LayerDifference(
        ProbePoint point, OptionalDouble input, OptionalDouble quantized, double output, double outputAbsolute) {
    /** @throws IllegalArgumentException where the two sides' sizes differ; names the layer */
    static LayerDifference of(ProbePoint point, float[] inputA, float[] inputB, float[] outputA, float[] outputB) {
        same(point, "output", outputA, outputB);
        OptionalDouble input = OptionalDouble.empty();
        OptionalDouble quantized = OptionalDouble.empty();
        if (inputA != null && inputB != null) {
            same(point, "input", inputA, inputB);
            input = OptionalDouble.of(relative(largestDifference(inputA, inputB), inputA));
            quantized = OptionalDouble.of(differing(quantize(point, inputA), quantize(point, inputB)));
        }
        double difference = largestDifference(outputA, outputB);
        return new LayerDifference(point, input, quantized, relative(difference, outputA), difference);
    }

    private static void same(ProbePoint point, String what, float[] a, float[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException(point.module() + ": " + what + ": found " + a.length
                    + " numbers in A and " + b.length + " in B, wanted as many");
        }
    }

    /** As the op does it; what is not finite counts as 0. */
    private static byte[] quantize(ProbePoint point, float[] x) {
        byte[] q = new byte[x.length];
        for (int block = 0; block < x.length; block += point.blockSize()) {
            int length = Math.min(point.blockSize(), x.length - block);
            if (point.activation() == Activation.SIGN) {
                ActivationQuantizer.sign(x, block, length, q, block);
            } else {
                ActivationQuantizer.absmaxInt8(x, block, length, q, block);
            }
        }
        return q;
    }

    private static double differing(byte[] a, byte[] b) {
        int count = 0;
        for (int i = 0; i < a.length; i++) {
            count += a[i] == b[i] ? 0 : 1;
        }
        return a.length == 0 ? 0 : (double) count / a.length;
    }

    /** NaN beside NaN is no difference, NaN beside a number an infinite one. */
    private static double largestDifference(float[] a, float[] b) {
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            if (Float.compare(a[i], b[i]) != 0) {
                double difference = Math.abs((double) a[i] - b[i]);
                largest = Math.max(largest, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
            }
        }
        return largest;
    }

    private static double relative(double difference, float[] of) {
        double largest = 0;
        for (float value : of) {
            largest = Math.max(largest, Math.abs(value));
        }
        return difference == 0 ? 0 : difference / largest;
    }
}
