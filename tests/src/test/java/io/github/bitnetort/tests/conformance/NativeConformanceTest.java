package io.github.bitnetort.tests.conformance;

import io.github.bitnetort.natives.BitMatMulLibrary;
import io.github.bitnetort.natives.MatMulInputs;
import io.github.bitnetort.natives.MatMulSpec;
import io.github.bitnetort.ops.BitMatMulProblem;
import io.github.bitnetort.ops.BitMatMulSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
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
        IntBuffer words = bytes(spec.layout().wordCount()).asIntBuffer();
        for (int i = 0; i < words.capacity(); i++) {
            words.put(i, problem.weights().word(i));
        }
        MatMulInputs inputs = new MatMulInputs(
                words, direct(problem.scale()), problem.bias() == null ? null : direct(problem.bias()));
        FloatBuffer y = bytes(given.expected().length).asFloatBuffer();
        BitMatMulLibrary.matMul(
                new MatMulSpec(
                        spec.n(),
                        spec.k(),
                        spec.packing().onnxName(),
                        spec.activation().onnxName(),
                        spec.blockSize()),
                inputs,
                isa,
                direct(given.x()),
                given.m(),
                y);
        float[] result = new float[y.capacity()];
        y.get(0, result);
        return result;
    }

    private static FloatBuffer direct(float[] values) {
        return bytes(values.length).asFloatBuffer().put(0, values);
    }

    private static ByteBuffer bytes(int words) {
        return ByteBuffer.allocateDirect(4 * words).order(ByteOrder.nativeOrder());
    }
}
