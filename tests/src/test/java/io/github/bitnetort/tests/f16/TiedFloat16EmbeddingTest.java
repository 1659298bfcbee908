package io.github.bitnetort.tests.f16;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.ModelReader;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.MatMulF16Nodes;
import io.github.bitnetort.export.model.PortableF16Body;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomMatMulF16;
import io.github.bitnetort.ops.Float16;
import io.github.bitnetort.ops.MatMulF16Problem;
import io.github.bitnetort.ops.ScalarMatMulF16;
import io.github.bitnetort.runtime.BitNetOps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One matrix as embedding and head: rows of it looked up in standard operators, and their products with all of it. */
class TiedFloat16EmbeddingTest {
    private static final int N = 37;
    private static final int K = 72;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void looksUpAndMultipliesAndKeepsNoFloats(boolean withLibrary) throws OrtException, IOException {
        Random random = new Random(1);
        short[] weights = new short[N * K];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Float16.fromFloat((float) random.nextGaussian());
        }
        weights[5 * K] = 1; // subnormal
        MatMulF16Problem problem = new MatMulF16Problem(N, K, weights);
        long[][] ids = {{0, N - 1, 5}, {5, 17, 36}};
        float[] rows = new float[6 * K];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = problem.weight((int) ids[i / K / 3][i / K % 3], i % K);
        }
        float[] logits = new float[6 * N];
        ScalarMatMulF16.compute(problem, rows, 6, logits);

        Path optimized = folder.resolve("optimized.onnx");
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            if (withLibrary) {
                BitNetOps.register(options);
            }
            options.setOptimizedModelFilePath(optimized.toString());
            try (OrtSession session = environment.createSession(model(problem), options);
                    OnnxTensor input = OnnxTensor.createTensor(environment, ids);
                    OrtSession.Result result = session.run(Map.of("ids", input))) {
                assertArrayEquals(rows, floats(result, "rows"));
                assertArrayEquals(logits, floats(result, "logits"), withLibrary ? 0 : 1e-4f);
            }
        }
        assertEquals(List.of((long) N * K * Short.BYTES), largeConstants(optimized));
    }

    /** The bytes of each constant that is as long as a row, after ONNX Runtime has folded and cast what it would. */
    private static List<Long> largeConstants(Path model) throws IOException {
        try (ModelReader reader = ModelReader.open(model)) {
            return reader.model().graph().initializers().stream()
                    .map(tensor -> tensor.byteLength())
                    .filter(bytes -> bytes >= K)
                    .toList();
        }
    }

    private static byte[] model(MatMulF16Problem problem) {
        OnnxModel model = new OnnxModel("tied", "test", "1");
        model.opsets().put("", PortableF16Body.ONNX_OPSET);
        model.opsets().put(CustomMatMulF16.DOMAIN, (long) CustomMatMulF16.OPSET_VERSION);
        GraphBuilder graph = new GraphBuilder(model);
        String ids = graph.input(Tensors.value("ids", DataType.INT64, "batch", "sequence"));
        MatMulF16Nodes table = new MatMulF16Nodes(graph, "embed_tokens", N, K, Tensors.data(problem.weights()));
        String rows = table.rows("rows", ids);
        String logits = table.product("logits", rows);
        graph.output(Tensors.value(rows, DataType.FLOAT, "batch", "sequence", K));
        graph.output(Tensors.value(logits, DataType.FLOAT, "batch", "sequence", N));
        model.functions().add(PortableF16Body.create());
        return ModelWriter.toBytes(model);
    }

    private static float[] floats(OrtSession.Result result, String name) throws OrtException {
        OnnxTensor tensor = (OnnxTensor) result.get(name).orElseThrow();
        float[] values = new float[tensor.getFloatBuffer().remaining()];
        tensor.getFloatBuffer().get(values);
        return values;
    }
}
