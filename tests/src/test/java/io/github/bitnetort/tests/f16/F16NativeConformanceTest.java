package io.github.bitnetort.tests.f16;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.natives.BitMatMulLibrary;
import io.github.bitnetort.natives.F16MatMul;
import io.github.bitnetort.natives.HeadKernel;
import io.github.bitnetort.ops.MatMulF16Problem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The native kernels through the flat C API, each instruction set that this CPU has by name. */
@ParameterizedClass
@MethodSource("isas")
class F16NativeConformanceTest extends AbstractF16ConformanceTest {
    private final String isa;

    F16NativeConformanceTest(String isa) {
        this.isa = isa;
    }

    static List<String> isas() {
        return F16MatMul.kernels().stream()
                .filter(HeadKernel::available)
                .map(HeadKernel::isa)
                .toList();
    }

    @Override
    String implementation() {
        return "native " + isa;
    }

    @Override
    float[] compute(F16Case given) {
        MatMulF16Problem problem = given.problem();
        ShortBuffer weights = direct(Short.BYTES * problem.weights().length).asShortBuffer();
        F16MatMul.Node node = new F16MatMul.Node(problem.n(), problem.k(), weights.put(0, problem.weights()));
        FloatBuffer x = direct(Float.BYTES * given.x().length).asFloatBuffer().put(0, given.x());
        FloatBuffer y = direct(Float.BYTES * given.expected().length).asFloatBuffer();
        F16MatMul.run(node, isa, x, given.m(), y);
        float[] result = new float[y.capacity()];
        y.get(0, result);
        return result;
    }

    /** What the CPU's features allow must be there: a kernel that wrongly thinks itself unavailable must not pass. */
    @Test
    void itIsWhatTheFeaturesAllow() {
        assertEquals(isa, F16MatMul.chosenKernel(isa).isa());
        var features = BitMatMulLibrary.cpuFeatures();
        assertEquals(features.containsAll(List.of("avx512", "avx512_vnni")), isas().contains("avx512_vnni"));
        assertEquals(features.containsAll(List.of("avx2", "fma", "f16c")), isas().contains("avx2"));
        assertTrue(isas().contains("scalar"));
        var error = assertThrows(IllegalArgumentException.class, () -> F16MatMul.chosenKernel("none"));
        assertTrue(error.getMessage().contains("found unknown name 'none'"), error.getMessage());
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
}
