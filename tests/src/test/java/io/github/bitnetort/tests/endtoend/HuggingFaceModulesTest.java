package io.github.bitnetort.tests.endtoend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.ExportedBitMatMul;
import io.github.bitnetort.export.ModelInspector;
import io.github.bitnetort.export.SingleNodeModel;
import io.github.bitnetort.tests.OpSession;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Single BitLinear modules, the tightest comparison there is: Hugging Face's own input of a module goes through the
 * exported node that the module became, in ONNX Runtime with the op library, and must give Hugging Face's own output.
 */
class HuggingFaceModulesTest {
    private static final double RELATIVE = 1e-5;

    static List<Fixture> fixtures() {
        return Fixture.all();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void goldenInputGivesGoldenOutput(Fixture fixture) throws Exception {
        List<ExportedBitMatMul> nodes = ModelInspector.bitMatMuls(fixture.exported());
        double worst = 0;
        try (References references = fixture.references()) {
            List<String> modules = references.between("module.", ".output");
            assertTrue(modules.size() >= 10, fixture + ": found modules " + modules + ", wanted at least 10");
            for (String module : modules) {
                worst = Math.max(worst, relativeDifference(fixture, references, nodes, module));
            }
            System.out.printf("%s: %d modules, largest relative difference %.2g%n", fixture, modules.size(), worst);
        }
        assertTrue(worst <= RELATIVE, fixture + ": largest relative difference " + worst);
    }

    private static double relativeDifference(
            Fixture fixture, References references, List<ExportedBitMatMul> nodes, String module) throws Exception {
        ModulePart part = ModulePart.find(nodes, references, module);
        ExportedBitMatMul node = part.node();
        float[] x = new ModuleNorm(fixture).apply(module, references.floats("module." + module + ".input"));
        float[] wanted = references.floats("module." + module + ".output");
        int m = x.length / node.spec().k();
        float[] y;
        try (OpSession session =
                OpSession.withPlugIn(SingleNodeModel.of(node.spec(), node.weights(), node.scale(), node.bias()), 1)) {
            y = session.run(x, m);
        }
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < wanted.length; i++) {
            float actual = y[i / part.rows() * node.spec().n() + part.firstRow() + i % part.rows()];
            largest = Math.max(largest, Math.abs(wanted[i]));
            difference = Math.max(difference, Math.abs((double) actual - wanted[i]));
        }
        return difference / largest;
    }
}
