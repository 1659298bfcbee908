package io.github.bitnetort.export;

import static io.github.bitnetort.export.LayerSketch.K;
import static io.github.bitnetort.export.LayerSketch.N;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** BitLinear layers in forms that are easily missed. */
class RewriteFormsTest extends AbstractRewriteTest {
    /** ONNX Runtime's optimizer, and PyTorch's addmm, add a residual inside the Gemm. */
    @Test
    void residualInsideAGemmStaysASum() throws IOException {
        LayerSketch sketch = new LayerSketch().axes().quantizedX(1e-5f);
        sketch.model.graph().inputs().add(Tensors.value("residual", DataType.FLOAT, "rows", N));
        sketch.constant("w", new long[] {K, N}, sketch.ternary(1))
                .add("Gemm", "y", List.of("d", "w", "residual"))
                .output("y");
        RewriteReport report = rewrite(sketch);
        assertEquals(1, report.layers());
        assertEquals(List.of("CustomBitMatMul", "Add"), operators());
    }

    @Test
    void gemmsThatAreNoLayersKeepTheirResidual() throws IOException {
        LayerSketch sketch = new LayerSketch().axes().quantizedX(1e-5f);
        float[] floats = new float[K * N];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = i;
        }
        sketch.constant("w", new long[] {K, N}, sketch.ternary(1))
                .constant("floats", new long[] {K, N}, floats)
                .add("MatMul", "y", List.of("d", "w"))
                .add("Gemm", "z", List.of("x", "floats", "y"))
                .output("z");
        assertEquals(1, rewrite(sketch).layers());
        assertEquals(List.of("CustomBitMatMul", "Gemm"), operators());
    }

    @Test
    void einsumOfRowsAndAMatrixIsAProduct() throws IOException {
        for (String equation : List.of("mk,kn->mn", "... k, k n -> ... n", "kn,mk->mn")) {
            LayerSketch sketch = new LayerSketch().axes().quantizedX(1e-5f);
            boolean swapped = equation.startsWith("kn");
            sketch.constant("w", new long[] {K, N}, sketch.ternary(1))
                    .add(
                            "Einsum",
                            "y",
                            swapped ? List.of("w", "d") : List.of("d", "w"),
                            Attributes.of("equation", equation))
                    .output("y");
            assertEquals(1, rewrite(sketch).layers(), equation);
            assertEquals(List.of("CustomBitMatMul"), operators());
        }
    }

    /** As view(-1, size) of PyTorch is exported with free dimensions: nothing states the shapes behind it. */
    @Test
    void rowsThatAreMadeAMatrixStayOne() throws IOException {
        LayerSketch sketch = withInput(Tensors.value("x", DataType.FLOAT, "batch", "tokens", K))
                .axes()
                .quantizedX(1e-5f);
        sketch.model.graph().addInitializer(Initializer.inline(Tensors.longs("rows", new long[] {2}, -1, K)));
        sketch.model.graph().addInitializer(Initializer.inline(Tensors.longs("one", new long[] {1}, N)));
        sketch.constant("w", new long[] {K, N}, sketch.ternary(1))
                .constant("bias", new long[] {1, 1, N}, new float[N])
                .add("Reshape", "d2", List.of("d", "rows"))
                .add("Gemm", "y2", List.of("d2", "w"))
                .add("Shape", "leading", List.of("x"), Attributes.of("end", 2))
                .add("Concat", "shape", List.of("leading", "one"), Attributes.of("axis", 0))
                .add("Add", "z2", List.of("y2", "bias"))
                .add("Reshape", "y", List.of("z2", "shape"))
                .output("y");
        assertEquals(1, rewrite(sketch).layers());
        // A bias of three dimensions would give the op's output one too few.
        assertEquals(List.of("Reshape", "CustomBitMatMul", "Shape", "Concat", "Add", "Reshape"), operators());
    }

    @Test
    void onnxUnderItsFullNameIsTheSameOperatorSet() throws IOException {
        LayerSketch sketch = new LayerSketch().axes().quantizedX(1e-5f);
        sketch.model.opsets().remove("");
        sketch.model.opsets().put("ai.onnx", 18L);
        sketch.constant("w", new long[] {K, N}, sketch.ternary(1))
                .add("MatMul", "y", List.of("d", "w"))
                .output("y");
        RewriteReport report = rewrite(sketch);
        assertTrue(report.changed() && report.functionBody(), report::toString);
    }
}
