package io.github.bitnetort.tests.nbits;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.MatMulNBitsNodes;
import io.github.bitnetort.export.model.PortableNBitsBody;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomMatMulNBits;
import io.github.bitnetort.ops.MatMulNBitsProblem;
import io.github.bitnetort.ops.MatMulNBitsSpec;
import io.github.bitnetort.ops.NBitsRows;
import io.github.bitnetort.ops.ScalarMatMulNBits;
import io.github.bitnetort.runtime.BitNetOps;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One matrix as embedding and head: rows of it looked up in standard operators, and their products with all of it. */
class TiedEmbeddingTest {
    private static final int N = 37;
    private static final int K = 64;

    @ParameterizedTest
    @CsvSource({"8, 0", "8, 32", "4, 0", "4, 16"})
    void looksUpAndMultiplies(int bits, int blockSize) throws OrtException {
        MatMulNBitsSpec spec = new MatMulNBitsSpec(N, K, bits, blockSize);
        Random random = new Random(bits + blockSize);
        byte[] weights = new byte[N * spec.rowBytes()];
        random.nextBytes(weights);
        float[] scale = new float[N * spec.blocks()];
        for (int i = 0; i < scale.length; i++) {
            scale[i] = (float) random.nextGaussian();
        }
        MatMulNBitsProblem problem = new MatMulNBitsProblem(spec, weights, scale);
        long[][] ids = {{0, N - 1, 5}, {5, 17, 36}};
        float[] rows = new float[6 * K];
        for (int i = 0; i < 6; i++) {
            int id = (int) ids[i / 3][i % 3];
            float[] row = new float[K];
            new NBitsRows(spec).dequantize(weights, id * spec.rowBytes(), scale, id * spec.blocks(), row);
            System.arraycopy(row, 0, rows, i * K, K);
        }
        float[] logits = new float[6 * N];
        ScalarMatMulNBits.compute(problem, rows, 6, logits);

        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            BitNetOps.register(options);
            try (OrtSession session = environment.createSession(model(problem), options);
                    OnnxTensor input = OnnxTensor.createTensor(environment, ids);
                    OrtSession.Result result = session.run(Map.of("ids", input))) {
                assertArrayEquals(rows, floats(result, "rows"));
                assertArrayEquals(logits, floats(result, "logits"));
            }
        }
    }

    private static byte[] model(MatMulNBitsProblem problem) {
        OnnxModel model = new OnnxModel("tied", "test", "1");
        model.opsets().put("", PortableNBitsBody.ONNX_OPSET);
        model.opsets().put(CustomMatMulNBits.DOMAIN, (long) CustomMatMulNBits.OPSET_VERSION);
        GraphBuilder graph = new GraphBuilder(model);
        String ids = graph.input(Tensors.value("ids", DataType.INT64, "batch", "sequence"));
        MatMulNBitsNodes table = new MatMulNBitsNodes(
                graph,
                "embed_tokens",
                problem.spec(),
                Tensors.data(ByteBuffer.wrap(problem.weights())),
                Tensors.data(problem.scale()));
        String rows = table.rows("rows", ids);
        String logits = table.product("logits", rows);
        graph.output(Tensors.value(rows, DataType.FLOAT, "batch", "sequence", K));
        graph.output(Tensors.value(logits, DataType.FLOAT, "batch", "sequence", N));
        assertEquals(
                1,
                model.graph().initializers().stream()
                        .filter(tensor -> tensor.dataType() == DataType.UINT8_VALUE && tensor.byteLength() > 1)
                        .count());
        return ModelWriter.toBytes(model);
    }

    private static float[] floats(OrtSession.Result result, String name) throws OrtException {
        OnnxTensor tensor = (OnnxTensor) result.get(name).orElseThrow();
        float[] values = new float[tensor.getFloatBuffer().remaining()];
        tensor.getFloatBuffer().get(values);
        return values;
    }
}
