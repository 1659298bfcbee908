package io.github.bitnetort.export.checkpoint.gguf;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.checkpoint.MappedFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What stands before the tensors' bytes, as it is written: versions 2 and 3, little-endian.
 *
 * @param end the first byte behind it
 */
record GgufHeader(GgufMetadata metadata, List<Entry> entries, long end) {
    private static final int MAGIC = 'G' | 'G' << 8 | 'U' << 16 | 'F' << 24;
    private static final int MAX_ENTRIES = 1 << 20;
    private static final int MAX_DIMENSIONS = 4;

    /** The least bytes that a key and its value, and the description of a tensor, take. */
    private static final int KEY_BYTES = 13;

    private static final int TENSOR_BYTES = 32;

    /**
     * The description of a tensor.
     *
     * @param shape outermost dimension first
     * @param offset from the start of the tensors' bytes
     */
    record Entry(String name, int typeNumber, List<Long> shape, long offset) {}

    /** @throws ExportException where the file is not such a file, or is cut short */
    static GgufHeader read(MappedFile file) {
        GgufCursor in = new GgufCursor(file);
        checkBeginning(in, file.path());
        int tensors = in.count("tensor count", TENSOR_BYTES, MAX_ENTRIES);
        int keys = in.count("metadata count", KEY_BYTES, MAX_ENTRIES);
        GgufMetadata metadata = metadata(in, file.path(), keys);
        List<Entry> entries = new ArrayList<>(tensors);
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < tensors; i++) {
            Entry entry = entry(in, file.path(), "tensor " + i);
            if (!names.add(entry.name)) {
                throw ExportException.of(file.path(), "tensor " + entry.name, "two of that name", "one");
            }
            entries.add(entry);
        }
        return new GgufHeader(metadata, List.copyOf(entries), in.position());
    }

    private static void checkBeginning(GgufCursor in, Path file) {
        int magic = in.int32("magic");
        if (magic != MAGIC) {
            throw ExportException.of(file, "magic", "0x" + Integer.toHexString(magic), "\"GGUF\" (a GGUF file)");
        }
        int version = in.int32("version");
        if (Integer.reverseBytes(version) >= 1 && Integer.reverseBytes(version) <= 3) {
            throw ExportException.of(file, "byte order", "big-endian", "little-endian, as nearly all GGUF files are");
        }
        if (version != 2 && version != 3) {
            throw ExportException.of(file, "version", Integer.toUnsignedString(version), "2 or 3");
        }
    }

    private static GgufMetadata metadata(GgufCursor in, Path file, int count) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String key = in.text("metadata key " + i);
            if (values.put(key, GgufValue.readTyped(in, file, "metadata " + key)) != null) {
                throw ExportException.of(file, "metadata " + key, "two of that name", "one");
            }
        }
        return new GgufMetadata(file, values);
    }

    private static Entry entry(GgufCursor in, Path file, String what) {
        String name = in.text(what + ": name");
        String named = "tensor " + name;
        int dimensions = in.int32(named + ": dimensions");
        if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw ExportException.of(
                    file, named + ": dimensions", Integer.toUnsignedString(dimensions), "1.." + MAX_DIMENSIONS);
        }
        List<Long> shape = new ArrayList<>();
        long elements = 1;
        for (int i = 0; i < dimensions; i++) {
            long length = in.int64(named + ": shape");
            shape.add(length);
            if (length < 1 || length > Long.MAX_VALUE / 8 / elements) {
                throw ExportException.of(
                        file,
                        named + ": shape",
                        "length " + Long.toUnsignedString(length),
                        "1 and more, below 2^60 in all");
            }
            elements *= length;
        }
        Collections.reverse(shape);
        int type = in.int32(named + ": type");
        return new Entry(name, type, List.copyOf(shape), in.int64(named + ": offset"));
    }
}
