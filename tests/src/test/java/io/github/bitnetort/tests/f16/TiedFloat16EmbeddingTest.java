package io.github.bitnetort.tests.f16;

import static io.github.bitnetort.tests.op.TiedModel.N;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.graph.ModelReader;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.MatMulF16Nodes;
import io.github.bitnetort.export.model.PortableF16Body;
import io.github.bitnetort.ops.Float16;
import io.github.bitnetort.ops.MatMulF16Problem;
import io.github.bitnetort.ops.ScalarMatMulF16;
import io.github.bitnetort.runtime.BitNetOps;
import io.github.bitnetort.tests.op.TiedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TiedFloat16EmbeddingTest {
    private static final int K = 72;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void looksUpAndMultipliesAndKeepsNoFloats(boolean withLibrary) throws OrtException, IOException {
        MatMulF16Problem problem = problem();
        TiedModel tied =
                new TiedModel(K, id -> row(problem, id), (x, m, y) -> ScalarMatMulF16.compute(problem, x, m, y));
        OnnxModel model =
                tied.model(graph -> new MatMulF16Nodes(graph, "embed_tokens", N, K, Tensors.data(problem.weights())));
        model.functions().add(PortableF16Body.create());

        Path optimized = folder.resolve("optimized.onnx");
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            if (withLibrary) {
                BitNetOps.register(options);
            }
            options.setOptimizedModelFilePath(optimized.toString());
            tied.assertComputed(model, options, withLibrary ? 0 : 1e-4f);
        }
        assertEquals(List.of((long) N * K * Short.BYTES), largeConstants(optimized));
    }

    private static MatMulF16Problem problem() {
        Random random = new Random(1);
        short[] weights = new short[N * K];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Float16.fromFloat((float) random.nextGaussian());
        }
        weights[5 * K] = 1; // subnormal
        return new MatMulF16Problem(N, K, weights);
    }

    private static float[] row(MatMulF16Problem problem, int n) {
        float[] row = new float[K];
        for (int i = 0; i < K; i++) {
            row[i] = problem.weight(n, i);
        }
        return row;
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
}
