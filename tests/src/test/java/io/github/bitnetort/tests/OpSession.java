package io.github.bitnetort.tests;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.SingleNodeModel;
import io.github.bitnetort.runtime.BitNetOps;
import io.github.bitnetort.runtime.WeightMemory;
import java.nio.FloatBuffer;
import java.util.Map;

/** A model of one CustomBitMatMul node in an ONNX Runtime session. */
public final class OpSession implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final int k;
    private final int n;

    private OpSession(byte[] model, int k, int n, OrtSession.SessionOptions options) throws OrtException {
        session = environment.createSession(model, options);
        this.k = k;
        this.n = n;
    }

    /** With the op library. */
    public static OpSession withPlugIn(SingleNodeModel model, int threads) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            BitNetOps.register(options);
            return new OpSession(model.toBytes(), model.spec().k(), model.spec().n(), options);
        }
    }

    /** With the op library, and its weights in that memory. */
    public static OpSession withPlugIn(SingleNodeModel model, int threads, WeightMemory weights) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            BitNetOps.register(options, weights);
            return new OpSession(model.toBytes(), model.spec().k(), model.spec().n(), options);
        }
    }

    /** With nothing but the function body that the model carries. */
    public static OpSession portable(SingleNodeModel model, int threads) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            return new OpSession(model.toBytes(), model.spec().k(), model.spec().n(), options);
        }
    }

    /** Y [m, N] for X [m, K]. */
    public float[] run(float[] x, int m) throws OrtException {
        try (OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(x), new long[] {m, k});
                OrtSession.Result result = session.run(Map.of("X", input))) {
            float[] y = new float[m * n];
            ((OnnxTensor) result.get(0)).getFloatBuffer().get(y);
            return y;
        }
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
