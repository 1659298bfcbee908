package io.github.bitnetort.export.checkpoint.gguf;

import static io.github.bitnetort.export.Refusals.assertRefused;

import io.github.bitnetort.export.ExportOptions;
import io.github.bitnetort.export.ExportedBitMatMul;
import io.github.bitnetort.export.ModelExporter;
import io.github.bitnetort.export.ModelInspector;
import io.github.bitnetort.export.ProgressListener;
import io.github.bitnetort.export.TensorUnits;
import io.github.bitnetort.ops.Packing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Whole synthetic models, in a folder of the test's own. */
abstract class AbstractGgufModelTest {
    @TempDir
    Path folder;

    static TestGguf llama() {
        return TinyGguf.model("llama", TinyGguf::tq2);
    }

    final void refused(TestGguf file, String... parts) {
        assertRefused(() -> open(file).close(), parts);
    }

    final GgufModel open(TestGguf file) throws IOException {
        return GgufModel.open(file.write(folder.resolve("model.gguf")), GgufOptions.DEFAULT);
    }

    final List<ExportedBitMatMul> export(TestGguf file, Packing packing) throws IOException {
        Path out = folder.resolve("out");
        ExportOptions options = ExportOptions.DEFAULT.withPacking(packing).withOverwrite(true);
        Path model = file.write(folder.resolve("model.gguf"));
        ModelExporter.export(model, out, options, ProgressListener.NONE);
        TensorUnits.assertSame(model, options);
        return ModelInspector.bitMatMuls(out);
    }

    static byte[] row(ExportedBitMatMul node, int n) {
        byte[] row = new byte[node.spec().k()];
        node.weights().unpackRow(n, row, 0);
        return row;
    }
}
