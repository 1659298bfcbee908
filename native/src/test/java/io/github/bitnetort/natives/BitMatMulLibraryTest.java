package io.github.bitnetort.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BitMatMulLibraryTest {
    private static final MatMulSpec SMALL = new MatMulSpec(1, 2, "ternary16", "int8", 0);

    @Test
    void isAvailableWithItsFile() {
        assertEquals(Optional.empty(), BitMatMulLibrary.unavailableReason());
        assertTrue(BitMatMulLibrary.isAvailable());
        assertTrue(Files.isRegularFile(BitMatMulLibrary.path()), BitMatMulLibrary.path()::toString);
        assertEquals(
                System.mapLibraryName("bitmatmul"),
                BitMatMulLibrary.path().getFileName().toString());
    }

    @Test
    void hasTheProjectsVersion() {
        assertEquals(System.getProperty("project.version"), BitMatMulLibrary.version());
    }

    @Test
    void listsAScalarKernelForEverything() {
        NativeKernel last =
                BitMatMulLibrary.kernels().get(BitMatMulLibrary.kernels().size() - 1);
        assertEquals("scalar", last.isa());
        assertEquals(List.of("binary32", "ternary16", "ternary20"), last.packings());
        assertEquals(List.of("int8", "sign"), last.activations());
        assertTrue(last.available() && last.blockScales() && last.missing().isEmpty(), last::toString);
    }

    @Test
    void namesWhatIsMissingOrUnknown() {
        String unknown = refusal(() -> BitMatMulLibrary.chosenKernel(SMALL, 1, "sse9"));
        assertTrue(unknown.contains("'sse9'") && unknown.contains("scalar"), unknown);
        String feature = refusal(() -> BitMatMulLibrary.chosenKernel(SMALL, 1, null, Set.of("abacus")));
        assertTrue(feature.contains("abacus"), feature);
        MatMulSpec wrong = new MatMulSpec(1, 0, "ternary16", "int8", 0);
        assertEquals(
                "attribute K: found 0, wanted 1..132104", refusal(() -> BitMatMulLibrary.chosenKernel(wrong, 1, null)));
    }

    @Test
    void multiplies() {
        // w = (+1, -1): codes 2 and 0 in bytes 0 and 1; the padding columns hold code 1.
        IntBuffer weights = ints(16);
        for (int r = 0; r < 16; r++) {
            weights.put(r, 0x55555456);
        }
        MatMulInputs inputs = new MatMulInputs(weights, floats(3f), floats(0.5f));
        FloatBuffer y = floats(0f);
        // absmax 2: s = 63.5, q = (127, 64 by rint(63.5) to even), acc = 63
        BitMatMulLibrary.matMul(SMALL, inputs, "scalar", floats(2f, 1f), 1, y);
        float s = 1f / 2f * 127f;
        assertArrayEquals(new float[] {63f * 3f * (1f / s) + 0.5f}, new float[] {y.get(0)});
    }

    @Test
    void refusesCode3AndWrongLengths() {
        IntBuffer weights = ints(16);
        weights.put(0, 3);
        MatMulInputs inputs = new MatMulInputs(weights, floats(1f), null);
        String code3 = refusal(() -> BitMatMulLibrary.matMul(SMALL, inputs, null, floats(1f, 1f), 1, floats(0f)));
        assertTrue(code3.contains("n=0, k=0") && code3.contains("codes 0..2"), code3);
        MatMulInputs shorter = new MatMulInputs(ints(15), floats(1f), null);
        String length = refusal(() -> BitMatMulLibrary.matMul(SMALL, shorter, null, floats(1f, 1f), 1, floats(0f)));
        assertEquals("input W: found 15 elements, wanted 16", length);
    }

    private static String refusal(Runnable run) {
        return assertThrows(IllegalArgumentException.class, run::run).getMessage();
    }

    private static IntBuffer ints(int count) {
        return ByteBuffer.allocateDirect(4 * count)
                .order(ByteOrder.nativeOrder())
                .asIntBuffer();
    }

    private static FloatBuffer floats(float... values) {
        FloatBuffer buffer = ByteBuffer.allocateDirect(4 * values.length)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        return buffer.put(values).flip();
    }
}
