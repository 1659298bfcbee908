package io.github.bitnetort.tests.nbits;

import io.github.bitnetort.export.SingleNBitsModel;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.TensorProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomMatMulNBits;
import io.github.bitnetort.ops.MatMulNBitsProblem;
import io.github.bitnetort.ops.MatMulNBitsSpec;
import io.github.bitnetort.tests.op.AbstractOpRefusalTest;
import java.util.List;

class NBitsRefusalTest extends AbstractOpRefusalTest {
    NBitsRefusalTest() {
        super(CustomMatMulNBits.OP_TYPE, SingleNBitsModel.NODE);
    }

    @Override
    protected OnnxModel good() {
        var problem = new MatMulNBitsProblem(new MatMulNBitsSpec(3, 32, 4, 0), new byte[48], new float[3]);
        return new SingleNBitsModel(problem, false, 2).toModel();
    }

    @Override
    protected List<Breakage> breakages() {
        return List.of(
                attribute("K of zero", Attributes.of("K", 0), "attribute K: found 0, wanted 1..132104"),
                attribute("K beyond the bound", Attributes.of("K", 132_105), "found 132105, wanted 1..132104"),
                attribute("odd K of 4 bits", Attributes.of("K", 33), "found 33", "even"),
                attribute("negative N", Attributes.of("N", -1), "attribute N: found -1"),
                attribute("another N", Attributes.of("N", 4), "input W: found shape [3, 16], wanted [4, 16]"),
                attribute("unknown bits", Attributes.of("bits", 2), "attribute bits: found 2, wanted 8 or 4"),
                attribute("other bits", Attributes.of("bits", 8), "wanted [3, 32] (N = 3, K = 32, bits 8"),
                attribute("unknown block size", Attributes.of("block_size", 24), "found 24, wanted 0, 16, 32"),
                attribute(
                        "other block size",
                        Attributes.of("block_size", 16),
                        "input scale: found shape [3, 1]",
                        "[3, 2]"),
                attribute("K as a string", Attributes.of("K", "32"), "attribute K", "wanted an int"),
                missingAttribute("bits"),
                scale("scale of a row too few", new float[] {1, 1}, "[2, 1]", "[3, 1]"),
                scale("scale not finite", new float[] {1, 1, Float.NaN}, "nan", "finite"),
                fed("W", 1, DataType.UINT8, 3, 16));
    }

    private Breakage scale(String name, float[] scale, String... says) {
        TensorProto tensor = Tensors.floats("bad", new long[] {scale.length, 1}, scale);
        return input(name, 2, tensor, says);
    }
}
