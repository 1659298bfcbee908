package io.github.bitnetort.tests.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.natives.BitMatMulLibrary;
import io.github.bitnetort.natives.OpKernel;
import io.github.bitnetort.natives.OpKernelTable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same for an op with a table of kernels: each instruction set that this CPU has is run by name. */
public abstract class AbstractKernelConformanceTest<C extends OpCase> extends AbstractOpConformanceTest<C> {
    private final OpKernelTable kernels;
    private final Map<String, List<String>> features;

    /**
     * @param kernels of the op
     * @param features instruction sets, each with the features of a CPU that has its kernel; {@code scalar} runs on any
     */
    protected AbstractKernelConformanceTest(
            List<C> cases, int leastCases, OpKernelTable kernels, Map<String, List<String>> features) {
        super(cases, leastCases);
        this.kernels = kernels;
        this.features = features;
    }

    @Override
    protected final List<String> isas() {
        return kernels.all().stream()
                .filter(OpKernel::available)
                .map(OpKernel::isa)
                .toList();
    }

    /** What the CPU's features allow must be there: a kernel that wrongly thinks itself unavailable must not pass. */
    @ParameterizedTest
    @MethodSource("isas")
    void itIsWhatTheFeaturesAllow(String isa) {
        assertEquals(isa, kernels.chosen(isa).isa());
        features.forEach((name, needed) ->
                assertEquals(BitMatMulLibrary.cpuFeatures().containsAll(needed), isas().contains(name), name));
        assertTrue(isas().contains("scalar"));
        var error = assertThrows(IllegalArgumentException.class, () -> kernels.chosen("none"));
        assertTrue(error.getMessage().contains("found unknown name 'none'"), error.getMessage());
    }
}
