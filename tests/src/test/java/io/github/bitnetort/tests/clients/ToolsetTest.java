package io.github.bitnetort.tests.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnetort.natives.NativeKernel;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ToolsetTest {
    @Test
    void whatTheMachineCannotRunIsNamed() {
        List<NativeKernel> kernels = List.of(kernel("amx_any", false, "amx_int8"), kernel("scalar_any", true, ""));
        assertEquals(
                List.of(
                        "LEFT OUT: kernel amx_any; this CPU lacks amx_int8",
                        "LEFT OUT: weights in huge pages; this system gives none"),
                Toolset.ofThisMachine(kernels, false));
    }

    private static NativeKernel kernel(String name, boolean available, String missing) {
        return new NativeKernel(name, name, List.of(), List.of(), false, 1, Set.of(), available, missing);
    }
}
