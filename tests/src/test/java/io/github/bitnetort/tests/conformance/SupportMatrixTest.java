package io.github.bitnetort.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.natives.BitMatMulLibrary;
import io.github.bitnetort.natives.MatMulSpec;
import org.junit.jupiter.api.Test;

/** What ought to run here does: an absent library or kernel is a failure, never a skip. */
class SupportMatrixTest {
    @Test
    void theNativeLibraryIsThere() {
        assertTrue(
                BitMatMulLibrary.isAvailable(),
                () -> BitMatMulLibrary.unavailableReason().toString());
    }

    @Test
    void everyKernelThatThisCpuCanRunIsOffered() {
        for (SupportMatrix.Row row : SupportMatrix.expectedHere()) {
            for (Variant variant : Variant.all()) {
                if (row.has(variant)) {
                    MatMulSpec spec = new MatMulSpec(
                            17,
                            512,
                            variant.packing().onnxName(),
                            variant.activation().onnxName(),
                            variant.blockSize());
                    assertEquals(
                            row.isa(),
                            assertDoesNotThrow(
                                            () -> BitMatMulLibrary.chosenKernel(spec, 1, row.isa()),
                                            row.isa() + " on " + variant)
                                    .isa());
                }
            }
        }
    }
}
