package io.github.bitnetort.export.checkpoint.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random blocks of each type that gguf-py reads, as it reads them; made by tests/python/make_gguf_blocks.py. */
class GgufPyTest {
    private static final Path FILE = Path.of("src", "test", "resources", "gguf", "blocks.gguf");

    @ParameterizedTest
    @EnumSource(names = {"Q4_0", "Q8_0", "Q4_K", "Q6_K", "TQ1_0", "TQ2_0"})
    void sameFloats(TensorType type) throws IOException {
        try (GgufFile file = GgufFile.open(FILE, I2sLayout.X86)) {
            GgufTensor blocks = file.tensors().get(type.name());
            assertEquals(type, blocks.type());
            FloatView found = new FloatView(file, blocks, RowOrder.SAME);
            GgufTensor wanted = file.tensors().get(type.name() + ".floats");
            assertEquals(wanted.byteLength(), found.byteLength());
            int length = Math.toIntExact(wanted.byteLength());
            ByteBuffer a = file.bytes(wanted, 0, length);
            ByteBuffer b = found.bytes(0, length);
            for (int at = 0; at < length; at += Float.BYTES) {
                assertEquals(a.getFloat(at), b.getFloat(at), "element " + at / Float.BYTES);
            }
        }
    }
}
