package io.github.bitnetort.tests.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.ProgressListener;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.runtime.BitNetOps;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;

/**
 * Many nodes of one operator in one session, each with weights of its own and all with the same X: one run reads all the
 * weights, which together are larger than the caches, as decoding a token does.
 */
final class StreamedModel implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final OnnxTensor x;
    private final int nodes;

    /**
     * @param folder gets the model files
     * @param x [m, K]
     */
    StreamedModel(Path folder, Contender contender, Shape shape, int nodes, float[] x, int threads)
            throws IOException, OrtException {
        this.nodes = nodes;
        Path file = folder.resolve(contender.fileName());
        ModelWriter.write(model(contender, shape, nodes), file, ModelWriter.Storage.EXTERNAL, ProgressListener.NONE);
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            // Idle workers of one session that spin would slow the others down.
            options.addConfigEntry("session.force_spinning_stop", "1");
            BitNetOps.register(options);
            session = environment.createSession(file.toString(), options);
        }
        this.x =
                OnnxTensor.createTensor(environment, FloatBuffer.wrap(x), new long[] {x.length / shape.k(), shape.k()});
    }

    private static OnnxModel model(Contender contender, Shape shape, int nodes) {
        OnnxModel model = new OnnxModel(contender.name(), "bitnet-ort benchmarks", "");
        model.opsets().put("", 18L);
        contender.opsets().forEach(model.opsets()::put);
        GraphBuilder graph = new GraphBuilder(model);
        graph.input(Tensors.value("X", DataType.FLOAT, "m", shape.k()));
        for (int i = 0; i < nodes; i++) {
            contender.add(model, graph, "Y" + i, new TernaryMatrix(shape, i));
            model.graph().outputs().add(Tensors.value("Y" + i, DataType.FLOAT, "m", shape.n()));
        }
        return model;
    }

    /** Runs all nodes once; nanoseconds a node. */
    double nanosPerNode() throws OrtException {
        long start = System.nanoTime();
        session.run(Map.of("X", x)).close();
        return (System.nanoTime() - start) / (double) nodes;
    }

    /** The output of one node. */
    float[] output(int node) throws OrtException {
        try (OrtSession.Result result = session.run(Map.of("X", x))) {
            FloatBuffer y = ((OnnxTensor) result.get("Y" + node).orElseThrow()).getFloatBuffer();
            float[] values = new float[y.remaining()];
            y.get(values);
            return values;
        }
    }

    @Override
    public void close() throws OrtException {
        x.close();
        session.close();
    }
}
