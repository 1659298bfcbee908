package io.github.bitnetort.tests.nbits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.bitnetort.natives.BitMatMulLibrary;
import io.github.bitnetort.natives.HeadKernel;
import io.github.bitnetort.natives.NBitsMatMul;
import io.github.bitnetort.ops.MatMulNBitsSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The native kernels through the flat C API, each instruction set that this CPU has by name. */
@ParameterizedClass
@MethodSource("isas")
class NBitsNativeConformanceTest extends AbstractNBitsConformanceTest {
    private final String isa;

    NBitsNativeConformanceTest(String isa) {
        this.isa = isa;
    }

    static List<String> isas() {
        return NBitsMatMul.kernels().stream()
                .filter(HeadKernel::available)
                .map(HeadKernel::isa)
                .toList();
    }

    @Override
    String implementation() {
        return "native " + isa;
    }

    @Override
    float[] compute(NBitsCase given) {
        MatMulNBitsSpec spec = given.problem().spec();
        ByteBuffer weights = ByteBuffer.allocateDirect(given.problem().weights().length);
        NBitsMatMul.Node node = new NBitsMatMul.Node(
                spec.n(),
                spec.k(),
                spec.bits(),
                spec.blockSize(),
                weights.put(0, given.problem().weights()),
                direct(given.problem().scale()));
        FloatBuffer y = direct(new float[given.expected().length]);
        NBitsMatMul.run(node, isa, direct(given.x()), given.m(), y);
        float[] result = new float[y.capacity()];
        y.get(0, result);
        return result;
    }

    /** What the CPU's features allow must be there: a kernel that wrongly thinks itself unavailable must not pass. */
    @Test
    void itIsWhatTheFeaturesAllow() {
        assertEquals(isa, NBitsMatMul.chosenKernel(isa).isa());
        boolean vnni = BitMatMulLibrary.cpuFeatures().containsAll(List.of("avx512", "avx512_vnni"));
        assertEquals(vnni, isas().contains("avx512_vnni"));
        assertEquals(BitMatMulLibrary.cpuFeatures().contains("avx2"), isas().contains("avx2"));
        var error = assertThrows(IllegalArgumentException.class, () -> NBitsMatMul.chosenKernel("none"));
        assertEquals(true, error.getMessage().contains("found unknown name 'none'"), error.getMessage());
    }

    private static FloatBuffer direct(float[] values) {
        return ByteBuffer.allocateDirect(4 * values.length)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer()
                .put(0, values);
    }
}
