package io.github.bitnetort.tests.gatedunit;

import io.github.bitnetort.export.SingleGatedUnitModel;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.TensorProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomGatedUnit;
import io.github.bitnetort.ops.GatedUnitSpec;
import io.github.bitnetort.ops.RmsNormProblem;
import io.github.bitnetort.tests.op.AbstractOpRefusalTest;
import java.util.List;
import java.util.Optional;

/** What a norm behind the unit adds to the contract. */
class NormedGatedUnitRefusalTest extends AbstractOpRefusalTest {
    private static final int N = 16;

    NormedGatedUnitRefusalTest() {
        super(CustomGatedUnit.OP_TYPE, SingleGatedUnitModel.NODE);
    }

    @Override
    protected OnnxModel good() {
        GatedUnitSpec spec = new GatedUnitSpec(N, Optional.of(new RmsNormProblem(1e-5f, new float[N])));
        return new SingleGatedUnitModel(spec, false, 2).toModel();
    }

    @Override
    protected List<Breakage> breakages() {
        float[] infinite = new float[N];
        infinite[3] = Float.POSITIVE_INFINITY;
        TensorProto weight = Tensors.floats("bad", new long[] {N}, infinite);
        return List.of(
                attribute("an odd N", Attributes.of("N", 24), "attribute N: found 24, wanted a multiple of 16"),
                attribute("another N", Attributes.of("N", 32), "input weight: found shape [16], wanted [32]"),
                missingAttribute("epsilon"),
                attribute(
                        "epsilon of zero",
                        Attributes.of("epsilon", 0f),
                        "attribute epsilon: found 0, wanted a finite number above 0"),
                fed("weight", 1, DataType.FLOAT, N),
                input("weight not finite", 1, weight, "input weight: found inf at element 3, wanted finite values"));
    }
}
