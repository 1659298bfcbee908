package io.github.bitnetort.tests.f16;

import io.github.bitnetort.export.SingleF16Model;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomMatMulF16;
import io.github.bitnetort.ops.MatMulF16Problem;
import io.github.bitnetort.tests.op.AbstractOpRefusalTest;
import java.util.List;

class F16RefusalTest extends AbstractOpRefusalTest {
    F16RefusalTest() {
        super(CustomMatMulF16.OP_TYPE, SingleF16Model.NODE);
    }

    @Override
    protected OnnxModel good() {
        return new SingleF16Model(new MatMulF16Problem(3, 32, new short[96]), false, 2).toModel();
    }

    @Override
    protected List<Breakage> breakages() {
        return List.of(
                attribute("K of zero", Attributes.of("K", 0), "attribute K: found 0, wanted 1..1073741824"),
                attribute("K beyond the bound", Attributes.of("K", (1L << 30) + 1), "found 1073741825"),
                attribute("negative N", Attributes.of("N", -1), "attribute N: found -1"),
                attribute("another N", Attributes.of("N", 4), "input W: found shape [3, 32], wanted [4, 32]"),
                attribute("another K", Attributes.of("K", 16), "wanted [3, 16] (N = 3, K = 16)"),
                attribute("K as a string", Attributes.of("K", "32"), "attribute K", "wanted an int"),
                missingAttribute("N"),
                fed("W", 1, DataType.FLOAT16, 3, 32));
    }
}
