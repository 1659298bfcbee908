package io.github.bitnetort.tests.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.HeadMatrix;
import io.github.bitnetort.export.model.PortableBody;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomBitMatMul;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

/** One matrix as embedding and head: rows of it looked up in standard operators, and their products with all of it. */
public final class TiedModel {
    /** The matrix' rows. */
    public static final int N = 37;

    private static final long[] IDS = {0, N - 1, 5, 5, 17, 36};

    private final int k;
    private final OpTensor rows;
    private final OpTensor logits;

    /** Y [m, N] for X [m, K]. */
    public interface Oracle {
        void compute(float[] x, int m, float[] y);
    }

    /**
     * @param k the matrix' columns
     * @param row gives a row as floats, [K]
     */
    public TiedModel(int k, IntFunction<float[]> row, Oracle oracle) {
        this.k = k;
        float[] found = new float[IDS.length * k];
        for (int i = 0; i < IDS.length; i++) {
            System.arraycopy(row.apply((int) IDS[i]), 0, found, i * k, k);
        }
        float[] products = new float[IDS.length * N];
        oracle.compute(found, IDS.length, products);
        rows = OpTensor.of("rows", shape(k), found);
        logits = OpTensor.of("logits", shape(N), products);
    }

    private static long[] shape(int columns) {
        return new long[] {2, IDS.length / 2, columns};
    }

    /** A new model. */
    public OnnxModel model(Function<GraphBuilder, HeadMatrix> newMatrix) {
        OnnxModel model = new OnnxModel("tied", "test", "1");
        model.opsets().put("", PortableBody.ONNX_OPSET);
        model.opsets().put(CustomBitMatMul.DOMAIN, (long) CustomBitMatMul.OPSET_VERSION);
        GraphBuilder graph = new GraphBuilder(model);
        String ids = graph.input(Tensors.value("ids", DataType.INT64, "batch", "sequence"));
        HeadMatrix matrix = newMatrix.apply(graph);
        String looked = matrix.rows(rows.name(), ids);
        String multiplied = matrix.product(logits.name(), looked);
        graph.output(Tensors.value(looked, DataType.FLOAT, "batch", "sequence", k));
        graph.output(Tensors.value(multiplied, DataType.FLOAT, "batch", "sequence", N));
        return model;
    }

    /**
     * Holds that a session gives the rows to the last bit, and their products.
     *
     * @param tolerance of the products; 0: not one bit
     */
    public void assertComputed(OnnxModel model, OrtSession.SessionOptions options, float tolerance)
            throws OrtException {
        OpTensor ids = OpTensor.of("ids", new long[] {2, IDS.length / 2}, IDS);
        List<float[]> found =
                OpRun.of("tied", ModelWriter.toBytes(model), options, List.of(ids), List.of(rows, logits));
        assertArrayEquals(rows.floats(), found.get(0));
        if (tolerance == 0) {
            assertArrayEquals(logits.floats(), found.get(1));
        } else {
            assertArrayEquals(logits.floats(), found.get(1), tolerance);
        }
    }
}
