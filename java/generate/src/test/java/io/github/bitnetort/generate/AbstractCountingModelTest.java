package io.github.bitnetort.generate;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** On {@link CountingModel}s, in a folder of the test's own. */
abstract class AbstractCountingModelTest {
    /** One thread, and no op library, which these models do not need. */
    static final ModelOptions OPTIONS = ModelOptions.defaults().withThreads(1).withEngine(ModelOptions.Engine.PORTABLE);

    @TempDir
    Path folder;

    /** Writes and opens one. */
    final BitNetModel open(String config) throws OrtException, IOException {
        CountingModel.write(folder, config);
        return BitNetModel.open(folder, OPTIONS);
    }

    /** One without an end of sequence or of positions. */
    final BitNetModel open() throws OrtException, IOException {
        return open("{}");
    }

    static long[] ids(GenerationResult result) {
        return result.tokenIds().stream().mapToLong(Long::longValue).toArray();
    }
}
