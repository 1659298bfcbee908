package io.github.bitnetort.tests.clients;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code tests/javascript/node.test.mjs}: the trained model in onnxruntime-node. */
class NodeClientTest {
    @Test
    void sameTokensAsHuggingFace() throws Exception {
        Toolset.NODE.require();
        Path folder = NpmPackage.install("javascript");
        Path cases = ClientCases.writeJson(Path.of("target", "clients").toAbsolutePath());
        Commands.in(folder, Map.of("CLIENT_CASES", cases.toString()))
                .run(Toolset.program("node"), "--test", "--test-reporter=spec", "node.test.mjs");
    }
}
