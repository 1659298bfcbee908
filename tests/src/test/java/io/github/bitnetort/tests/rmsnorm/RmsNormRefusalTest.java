package io.github.bitnetort.tests.rmsnorm;

import ai.onnxruntime.OrtException;
import io.github.bitnetort.export.SingleRmsNormModel;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.TensorProto;
import io.github.bitnetort.ops.CustomRmsNorm;
import io.github.bitnetort.ops.RmsNormProblem;
import io.github.bitnetort.tests.op.AbstractOpRefusalTest;
import io.github.bitnetort.tests.op.OpTensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class RmsNormRefusalTest extends AbstractOpRefusalTest {
    RmsNormRefusalTest() {
        super(CustomRmsNorm.OP_TYPE, SingleRmsNormModel.NODE);
    }

    @Override
    protected OnnxModel good() {
        return new SingleRmsNormModel(new RmsNormProblem(1e-5f, new float[16]), false, 2).toModel();
    }

    @Override
    protected List<Breakage> breakages() {
        return List.of(
                attribute("N of zero", Attributes.of("N", 0), "attribute N: found 0, wanted 1..16777216"),
                attribute("an odd N", Attributes.of("N", 24), "attribute N: found 24, wanted a multiple of 16"),
                attribute("another N", Attributes.of("N", 32), "input weight: found shape [16], wanted [32]"),
                missingAttribute("N"),
                missingAttribute("epsilon"),
                attribute("epsilon as an int", Attributes.of("epsilon", 1), "attribute epsilon"),
                attribute(
                        "epsilon of zero",
                        Attributes.of("epsilon", 0f),
                        "attribute epsilon: found 0, wanted a finite number above 0"),
                attribute("epsilon not finite", Attributes.of("epsilon", Float.NaN), "attribute epsilon: found nan"),
                input(
                        "weight not finite",
                        1,
                        infiniteWeight(),
                        "input weight: found inf at element 3, wanted finite values"));
    }

    @Test
    void anotherWidthOfXIsRefused() throws OrtException {
        assertShapeIsRefused(
                List.of(OpTensor.zeros("X", 2, 17)),
                "input X: found element type 1 and shape [2, 17], wanted float32 (1) and [..., 16]");
    }

    private static TensorProto infiniteWeight() {
        float[] weight = new float[16];
        weight[3] = Float.POSITIVE_INFINITY;
        return Tensors.floats("bad", new long[] {16}, weight);
    }
}
