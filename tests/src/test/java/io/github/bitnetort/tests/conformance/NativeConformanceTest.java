package io.github.bitnetort.tests.conformance;

import io.github.bitnetort.natives.BitMatMulLibrary;
import io.github.bitnetort.natives.MatMulInputs;
import io.github.bitnetort.natives.MatMulSpec;
import io.github.bitnetort.ops.BitMatMulProblem;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.tests.op.DirectBuffers;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The native kernels through the flat C API, each instruction set that this CPU has by name. */
@ParameterizedClass
@MethodSource("isas")
class NativeConformanceTest extends AbstractBitMatMulConformanceTest {
    private final String isa;

    NativeConformanceTest(String isa) {
        this.isa = isa;
    }

    static List<String> isas() {
        return SupportMatrix.isasToTest();
    }

    @Override
    String implementation() {
        return "native " + isa;
    }

    @Override
    boolean covers(Case given) {
        return SupportMatrix.runs(isa, Variant.of(given.problem().spec()));
    }

    @Override
    float[] compute(Case given) {
        BitMatMulProblem problem = given.problem();
        BitMatMulSpec spec = problem.spec();
        int[] words = new int[spec.layout().wordCount()];
        Arrays.setAll(words, problem.weights()::word);
        MatMulInputs inputs = new MatMulInputs(
                DirectBuffers.of(words),
                DirectBuffers.of(problem.scale()),
                problem.bias() == null ? null : DirectBuffers.of(problem.bias()));
        FloatBuffer y = DirectBuffers.of(new float[given.expected().length]);
        BitMatMulLibrary.matMul(
                new MatMulSpec(
                        spec.n(),
                        spec.k(),
                        spec.packing().onnxName(),
                        spec.activation().onnxName(),
                        spec.blockSize()),
                inputs,
                isa,
                DirectBuffers.of(given.x()),
                given.m(),
                y);
        return DirectBuffers.toArray(y);
    }
}
