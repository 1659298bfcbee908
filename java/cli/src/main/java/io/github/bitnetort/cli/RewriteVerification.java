package io.github.bitnetort.cli;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.runtime.BitNetOps;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs a model and what it was rewritten to on the same input, and prints how far apart their outputs are. */
final class RewriteVerification {
    private final PrintWriter out;
    private final Map<String, Integer> dims;

    /** @param dims sizes of free dimensions, by name */
    RewriteVerification(PrintWriter out, Map<String, Integer> dims) {
        this.out = out;
        this.dims = dims;
    }

    /**
     * Compares the original with the rewritten model, run with the op library; where ONNX Runtime cannot run the original,
     * it says so and compares the op library with the function body.
     *
     * @throws OrtException where the rewritten model does not run
     */
    void run(Path original, Path rewritten) throws OrtException, IOException {
        Ort.environment();
        Map<String, float[]> actual = outputs(rewritten, true);
        String reference = "the original";
        Map<String, float[]> wanted;
        try {
            wanted = outputs(original, false);
        } catch (OrtException e) {
            out.println(
                    "ONNX Runtime cannot run the original: " + e.getMessage().strip());
            reference = "the function body";
            wanted = outputs(rewritten, false);
        }
        out.println("with the op library, beside " + reference + ":"
                + (wanted.isEmpty() ? " no output of floating point numbers to compare" : ""));
        for (Map.Entry<String, float[]> output : wanted.entrySet()) {
            print(output.getKey(), output.getValue(), actual.get(output.getKey()));
        }
    }

    private Map<String, float[]> outputs(Path model, boolean library) throws OrtException, IOException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            if (library) {
                BitNetOps.register(options);
            }
            try (OrtSession session = OrtEnvironment.getEnvironment().createSession(model.toString(), options)) {
                Map<String, OnnxTensor> inputs = RandomInputs.of(model, session, dims);
                try (OrtSession.Result result = session.run(inputs)) {
                    Map<String, float[]> outputs = new LinkedHashMap<>();
                    for (Map.Entry<String, OnnxValue> output : result) {
                        if (output.getValue() instanceof OnnxTensor tensor && isFloat(tensor)) {
                            outputs.put(output.getKey(), floats(tensor));
                        }
                    }
                    return outputs;
                } finally {
                    inputs.values().forEach(OnnxTensor::close);
                }
            }
        }
    }

    private static boolean isFloat(OnnxTensor tensor) {
        OnnxJavaType type = tensor.getInfo().type;
        return type == OnnxJavaType.FLOAT
                || type == OnnxJavaType.FLOAT16
                || type == OnnxJavaType.BFLOAT16
                || type == OnnxJavaType.DOUBLE;
    }

    private static float[] floats(OnnxTensor tensor) {
        if (tensor.getInfo().type == OnnxJavaType.DOUBLE) {
            DoubleBuffer buffer = tensor.getDoubleBuffer();
            float[] values = new float[buffer.remaining()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) buffer.get(i);
            }
            return values;
        }
        FloatBuffer buffer = tensor.getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private void print(String name, float[] wanted, float[] actual) {
        if (actual == null || actual.length != wanted.length) {
            throw new IllegalStateException("output " + name + ": found "
                    + (actual == null ? "none" : actual.length + " values") + ", wanted " + wanted.length);
        }
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        double[] differences = new double[wanted.length];
        for (int i = 0; i < wanted.length; i++) {
            low = Math.min(low, wanted[i]);
            high = Math.max(high, wanted[i]);
            differences[i] = Math.abs((double) wanted[i] - actual[i]);
        }
        Arrays.sort(differences);
        double range = wanted.length == 0 || high == low ? 1 : high - low;
        double largest = wanted.length == 0 ? 0 : differences[wanted.length - 1];
        double median = wanted.length == 0 ? 0 : differences[wanted.length / 2];
        out.printf(
                "  %s: %d values, largest difference %.2g, median %.2g of their range %.4g%n",
                name, wanted.length, largest / range, median / range, range);
    }
}
