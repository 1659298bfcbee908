package io.github.bitnetort.export.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedFileTest {
    private static final long GIB = 1L << 30;

    @Test
    void readsAcrossTheBordersOfItsMappings(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("sparse");
        long[] places = {0, GIB - 4, 2 * GIB - 4, 3 * GIB - 4, 5 * GIB - 1};
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.SPARSE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < places.length; i++) {
                channel.write(
                        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, i + 7L), places[i]);
            }
        }
        try (MappedFile file = MappedFile.open(path)) {
            assertEquals(5 * GIB + 7, file.size());
            for (int i = 0; i < places.length; i++) {
                assertEquals(i + 7L, file.slice(places[i], 8).getLong(0), "at " + places[i]);
            }
            assertEquals(
                    MappedFile.MAX_SLICE,
                    file.slice(GIB - 1, MappedFile.MAX_SLICE).remaining());
            assertThrows(IndexOutOfBoundsException.class, () -> file.slice(0, MappedFile.MAX_SLICE + 1));
            assertThrows(IndexOutOfBoundsException.class, () -> file.slice(5 * GIB, 8));
            assertThrows(IndexOutOfBoundsException.class, () -> file.slice(-1, 1));
        }
    }
}
