package io.github.bitnetort.tests.endtoend;

import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.FloatTensors;
import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.checkpoint.SafetensorsCheckpoint;
import java.io.IOException;
import java.nio.file.Files;

/** The RMSNorm that a checkpoint may have inside each BitLinear, before the quantization. */
record ModuleNorm(Fixture fixture) {
    /** Rows of a module's input, normed where the module has a norm of its own. */
    float[] apply(String module, float[] x) throws IOException {
        if (Files.isRegularFile(fixture.checkpoint())) {
            // GGUF has no such norms.
            return x;
        }
        String name = module + ".rms_norm.weight";
        try (Checkpoint checkpoint = SafetensorsCheckpoint.open(fixture.checkpoint())) {
            if (!checkpoint.contains(name)) {
                return x;
            }
            int k = Math.toIntExact(checkpoint.info(name).elements());
            float[] weight = FloatTensors.read(checkpoint, name, k);
            float eps = ModelConfig.read(fixture.checkpoint()).quantization().rmsNormEps();
            float[] normed = new float[x.length];
            for (int row = 0; row < x.length; row += k) {
                double sum = 0;
                for (int i = 0; i < k; i++) {
                    sum += (double) x[row + i] * x[row + i];
                }
                float inverse = (float) (1 / Math.sqrt((float) (sum / k) + eps));
                for (int i = 0; i < k; i++) {
                    normed[row + i] = weight[i] * (x[row + i] * inverse);
                }
            }
            return normed;
        }
    }
}
