package io.github.bitnetort.tests.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Set;

/** A model in ONNX Runtime. */
final class ModelSession implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final ModelFile file;
    private final OrtSession session;

    ModelSession(ModelFile file, int threads) throws OrtException {
        this.file = file;
        try (OrtSession.SessionOptions options =
                BenchModels.options(threads, file.contender().memory())) {
            session = environment.createSession(file.path().toString(), options);
        }
    }

    ModelFile file() {
        return file;
    }

    /**
     * Runs all nodes once; nanoseconds a node. Only one output is fetched: ONNX Runtime computes all of them all the
     * same, but the Java object of each costs a microsecond.
     *
     * @param x [m, K]
     */
    double nanosPerNode(OnnxTensor x) throws OrtException {
        long start = System.nanoTime();
        session.run(Map.of("X", x), Set.of("Y0")).close();
        return (System.nanoTime() - start) / (double) file.nodes();
    }

    /** The output [m, N] of one node. */
    float[] output(OnnxTensor x, int node) throws OrtException {
        String name = "Y" + node;
        try (OrtSession.Result result = session.run(Map.of("X", x), Set.of(name))) {
            FloatBuffer y = ((OnnxTensor) result.get(name).orElseThrow()).getFloatBuffer();
            float[] values = new float[y.remaining()];
            y.get(values);
            return values;
        }
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
