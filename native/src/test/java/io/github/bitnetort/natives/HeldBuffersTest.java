package io.github.bitnetort.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Native code has addresses of buffers that nothing in Java reads any more: they must not be freed before it returns. */
class HeldBuffersTest {
    @Test
    void buffersAreNoGarbageUntilNativeCodeReturns() throws Exception {
        Set<String> calls = HeldBuffersProbe.calls().keySet();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xbatch", // what is warm is compiled
                "-Dorg.bytedeco.javacpp.cachedir=" + System.getProperty("org.bytedeco.javacpp.cachedir"),
                "-cp",
                System.getProperty("java.class.path"),
                HeldBuffersProbe.class.getName()));
        command.addAll(calls);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        String wanted = calls.stream()
                .map(name -> name + (name.equals(HeldBuffersProbe.CONTROL) ? " collected" : " held"))
                .collect(Collectors.joining("\n"));
        assertEquals(wanted, output.strip().replace("\r", ""));
    }
}
