package io.github.bitnetort.export;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Large tensors are made in parts. Small ones, which fit into one, are made in parts here. */
public final class TensorUnits {
    private TensorUnits() {}

    /** Holds each tensor of a checkpoint's export to the same bytes when its units are made one by one, last first. */
    public static void assertSame(Path checkpoint, ExportOptions options) throws IOException {
        try (ModelSource source = ModelSource.open(checkpoint, options.gguf())) {
            OnnxModel model = ModelExporter.model(source.checkpoint(), source.config(), options);
            for (Initializer initializer : model.graph().initializers()) {
                if (initializer.data().isPresent()) {
                    assertSame(initializer.name(), initializer.data().get());
                }
            }
        }
    }

    private static void assertSame(String name, TensorData data) throws IOException {
        int unit = data.unitBytes();
        ByteBuffer whole = allocate((int) data.byteLength());
        data.read(0, whole);
        assertEquals(0, whole.remaining(), name);
        assertEquals(0, whole.capacity() % unit, name);
        for (int offset = whole.capacity() - unit; offset >= 0; offset -= unit) {
            ByteBuffer part = allocate(unit);
            data.read(offset, part);
            assertEquals(whole.slice(offset, unit), part.flip(), name + " at " + offset);
        }
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
