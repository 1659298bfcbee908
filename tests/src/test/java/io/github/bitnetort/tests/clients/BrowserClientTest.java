package io.github.bitnetort.tests.clients;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code tests/javascript/browser.test.mjs}: the page with onnxruntime-web in a headless Chromium. */
class BrowserClientTest {
    @Test
    void pageShowsTheTokensOfHuggingFace() throws Exception {
        Toolset.BROWSER.require();
        Path folder = NpmPackage.install("javascript");
        Path target = Path.of("target", "clients").toAbsolutePath();
        Map<String, String> environment = Map.of(
                "CLIENT_CASES",
                ClientCases.writeJson(target).toString(),
                "CHROMIUM",
                Toolset.program("chromium").toString(),
                "SCREENSHOT",
                target.resolve("browser.png").toString());
        Commands.in(folder, environment)
                .run(Toolset.program("node"), "--test", "--test-reporter=spec", "browser.test.mjs");
    }
}
