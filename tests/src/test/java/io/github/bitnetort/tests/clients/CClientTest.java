package io.github.bitnetort.tests.clients;

import ai.onnxruntime.OrtEnvironment;
import io.github.bitnetort.runtime.BitNetOps;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * {@code tests/c}: a program on ONNX Runtime's C API, compiled against its own header and linked with the library that its
 * Maven artifact carries.
 */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64", disabledReason = "takes ONNX Runtime for Linux x86-64")
class CClientTest {
    private static final String RUNTIME = "/ai/onnxruntime/native/linux-x64/libonnxruntime.so";
    private static final String HEADER = "onnxruntime_c_api.h";

    @Test
    void sameTokensAsHuggingFace() throws Exception {
        Toolset.C.require();
        Path folder = NpmPackage.install("c");
        ClientCases.writeText(folder);
        Path build = Files.createDirectories(folder.resolve("build"));
        Commands commands = Commands.in(build);
        Path cmake = Toolset.program("cmake");
        commands.run(
                cmake,
                folder,
                "-DCMAKE_BUILD_TYPE=Release",
                "-DORT_INCLUDE=" + header(folder.resolve("node_modules")).getParent(),
                "-DORT_LIBRARY=" + runtime(folder),
                "-DMODEL=" + ClientCases.model().resolve("model.onnx"),
                "-DOP_LIBRARY=" + BitNetOps.getLibraryPath(),
                "-DCASES=" + folder);
        commands.run(cmake, "--build", build);
        commands.run(Toolset.program("ctest"), "--output-on-failure");
    }

    private static Path header(Path modules) throws IOException {
        try (Stream<Path> files = Files.walk(modules)) {
            return files.filter(file -> file.endsWith(HEADER))
                    .findFirst()
                    .orElseThrow(() -> new IOException("found no " + HEADER + " in " + modules));
        }
    }

    /** The library under the name that programs which link with it ask for. */
    private static Path runtime(Path folder) throws IOException {
        Path library = folder.resolve("libonnxruntime.so.1");
        try (InputStream content = OrtEnvironment.class.getResourceAsStream(RUNTIME)) {
            if (content == null) {
                throw new IOException("found no " + RUNTIME + " on the class path, wanted that of onnxruntime's jar");
            }
            Files.copy(content, library, StandardCopyOption.REPLACE_EXISTING);
        }
        return library;
    }
}
