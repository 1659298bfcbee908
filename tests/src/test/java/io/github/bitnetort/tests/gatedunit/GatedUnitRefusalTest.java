package io.github.bitnetort.tests.gatedunit;

import ai.onnxruntime.OrtException;
import io.github.bitnetort.export.SingleGatedUnitModel;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.ops.CustomGatedUnit;
import io.github.bitnetort.ops.GatedUnitSpec;
import io.github.bitnetort.tests.op.AbstractOpRefusalTest;
import io.github.bitnetort.tests.op.OpTensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class GatedUnitRefusalTest extends AbstractOpRefusalTest {
    GatedUnitRefusalTest() {
        super(CustomGatedUnit.OP_TYPE, SingleGatedUnitModel.NODE);
    }

    @Override
    protected OnnxModel good() {
        return new SingleGatedUnitModel(new GatedUnitSpec(4), false, 2).toModel();
    }

    @Override
    protected List<Breakage> breakages() {
        return List.of(
                attribute("N of zero", Attributes.of("N", 0), "attribute N: found 0, wanted 1..1073741823"),
                attribute(
                        "N beyond the bound",
                        Attributes.of("N", 1 << 30),
                        "attribute N: found 1073741824, wanted 1..1073741823"),
                attribute("N as a string", Attributes.of("N", "4"), "wanted an int > 0"),
                missingAttribute("N"),
                missingAttribute("activation"),
                attribute(
                        "another activation",
                        Attributes.of("activation", "silu"),
                        "attribute activation: found 'silu', wanted 'relu2'"));
    }

    @Test
    void anotherWidthOfXIsRefused() throws OrtException {
        assertShapeIsRefused(
                List.of(OpTensor.zeros("X", 2, 9)),
                "input X: found element type 1 and shape [2, 9], wanted float32 (1) and [..., 8]");
    }
}
