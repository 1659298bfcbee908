package io.github.bitnetort.tests.nbits;

import static io.github.bitnetort.tests.op.TiedModel.N;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.HeadMatrix;
import io.github.bitnetort.export.model.MatMulNBitsNodes;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.MatMulNBitsProblem;
import io.github.bitnetort.ops.MatMulNBitsSpec;
import io.github.bitnetort.ops.NBitsRows;
import io.github.bitnetort.ops.RandomProblems;
import io.github.bitnetort.ops.ScalarMatMulNBits;
import io.github.bitnetort.runtime.BitNetOps;
import io.github.bitnetort.tests.op.TiedModel;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TiedEmbeddingTest {
    private static final int K = 64;

    @ParameterizedTest
    @CsvSource({"8, 0", "8, 32", "4, 0", "4, 16"})
    void looksUpAndMultiplies(int bits, int blockSize) throws OrtException {
        MatMulNBitsSpec spec = new MatMulNBitsSpec(N, K, bits, blockSize);
        Random random = new Random(bits + blockSize);
        byte[] weights = new byte[N * spec.rowBytes()];
        random.nextBytes(weights);
        float[] scale = RandomProblems.floats(N * spec.blocks(), random);
        MatMulNBitsProblem problem = new MatMulNBitsProblem(spec, weights, scale);
        TiedModel tied =
                new TiedModel(K, id -> row(problem, id), (x, m, y) -> ScalarMatMulNBits.compute(problem, x, m, y));
        OnnxModel model = tied.model(graph -> matrix(graph, problem));
        assertEquals(1, matrices(model));
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            BitNetOps.register(options);
            tied.assertComputed(model, options, 0);
        }
    }

    private static float[] row(MatMulNBitsProblem problem, int n) {
        MatMulNBitsSpec spec = problem.spec();
        float[] row = new float[K];
        new NBitsRows(spec).dequantize(problem.weights(), n * spec.rowBytes(), problem.scale(), n * spec.blocks(), row);
        return row;
    }

    private static HeadMatrix matrix(GraphBuilder graph, MatMulNBitsProblem problem) {
        return new MatMulNBitsNodes(
                graph,
                "embed_tokens",
                problem.spec(),
                Tensors.data(ByteBuffer.wrap(problem.weights())),
                Tensors.data(problem.scale()));
    }

    private static long matrices(OnnxModel model) {
        return model.graph().initializers().stream()
                .filter(tensor -> tensor.dataType() == DataType.UINT8_VALUE && tensor.byteLength() > 1)
                .count();
    }
}
