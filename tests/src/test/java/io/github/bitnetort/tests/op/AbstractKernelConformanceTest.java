package io.github.bitnetort.tests.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.natives.BitMatMulLibrary;
import io.github.bitnetort.natives.HeadKernel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same for an op with a table of kernels: each instruction set that this CPU has is run by name. */
public abstract class AbstractKernelConformanceTest<C extends OpCase> extends AbstractOpConformanceTest<C> {
    protected AbstractKernelConformanceTest(List<C> cases, int leastCases) {
        super(cases, leastCases);
    }

    /** All kernels of the op. */
    protected abstract List<HeadKernel> kernels();

    /** The kernel that a list of instruction sets gives. */
    protected abstract HeadKernel chosenKernel(String isas);

    /** Instruction sets, each with the features of a CPU that has its kernel; {@code scalar} runs on any. */
    protected abstract Map<String, List<String>> features();

    @Override
    protected final List<String> isas() {
        return kernels().stream()
                .filter(HeadKernel::available)
                .map(HeadKernel::isa)
                .toList();
    }

    /** What the CPU's features allow must be there: a kernel that wrongly thinks itself unavailable must not pass. */
    @ParameterizedTest
    @MethodSource("isas")
    void itIsWhatTheFeaturesAllow(String isa) {
        assertEquals(isa, chosenKernel(isa).isa());
        features()
                .forEach((name, needed) ->
                        assertEquals(BitMatMulLibrary.cpuFeatures().containsAll(needed), isas().contains(name), name));
        assertTrue(isas().contains("scalar"));
        var error = assertThrows(IllegalArgumentException.class, () -> chosenKernel("none"));
        assertTrue(error.getMessage().contains("found unknown name 'none'"), error.getMessage());
    }
}
