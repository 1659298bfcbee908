package io.github.bitnetort.tests.clients;

import io.github.bitnetort.tests.conformance.CaseFiles;
import io.github.bitnetort.tests.endtoend.Fixture;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The scripts of {@code tests/python}: conformance cases and the trained model in Python's own ONNX Runtime. */
class PythonClientTest {
    @Test
    void allScriptsPass() throws Exception {
        Toolset.PYTHON.require();
        Path target = Path.of("target").toAbsolutePath();
        ClientCases.model();
        Fixture.TRAINED.exportedExactly();
        CaseFiles.main(new String[] {target.resolve("conformance-cases").toString()});
        Commands.in(Path.of("python")).run(Toolset.program("python3"), "run.py", target);
    }
}
