package io.github.bitnetort.tests.op;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.graph.ModelWriter;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One run of a model of one node, in a session of its own. */
public final class OpRun {
    private OpRun() {}

    /** The outputs of a case's model, in the order of {@link OpCase#outputs()}. */
    public static List<float[]> of(OpCase given, boolean functionBody, OrtSession.SessionOptions options)
            throws OrtException {
        byte[] model = ModelWriter.toBytes(given.model(functionBody));
        return of(given, model, options, given.inputs(), given.outputs());
    }

    /**
     * The outputs of a model.
     *
     * @param what for messages
     * @param outputs their names and wanted shapes
     */
    public static List<float[]> of(
            Object what, byte[] model, OrtSession.SessionOptions options, List<OpTensor> inputs, List<OpTensor> outputs)
            throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensorLike> fed = new LinkedHashMap<>();
        try (OrtSession session = environment.createSession(model, options)) {
            for (OpTensor input : inputs) {
                fed.put(input.name(), input.toOnnx(environment));
            }
            try (OrtSession.Result result = session.run(fed)) {
                List<float[]> values = new ArrayList<>();
                for (OpTensor output : outputs) {
                    values.add(
                            values(what, (OnnxTensor) result.get(output.name()).orElseThrow(), output));
                }
                return values;
            }
        } finally {
            fed.values().forEach(OnnxTensorLike::close);
        }
    }

    private static float[] values(Object what, OnnxTensor found, OpTensor wanted) {
        long[] shape = found.getInfo().getShape();
        if (!Arrays.equals(wanted.shape(), shape)) {
            throw new AssertionError(what + ": " + wanted.name() + " has shape " + Arrays.toString(shape) + ", wanted "
                    + Arrays.toString(wanted.shape()));
        }
        FloatBuffer buffer = found.getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }
}
