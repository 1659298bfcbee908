package io.github.bitnetort.export.checkpoint;

import io.github.bitnetort.export.ExportException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * One safetensors file: eight bytes of header length, a JSON header, the tensors' bytes without gap or overlap. All
 * that the header claims is checked against the file before anything is read.
 */
final class SafetensorsFile implements Closeable {
    /** The same bound as the format's own reader has. */
    private static final long MAX_HEADER = 100_000_000;

    private static final int PREFIX = 8;

    private record Entry(TensorInfo info, long begin) {}

    private final MappedFile file;
    private final Map<String, Entry> entries = new HashMap<>();

    private SafetensorsFile(MappedFile file) {
        this.file = file;
        long headerLength = headerLength();
        long dataStart = PREFIX + headerLength;
        byte[] text = new byte[(int) headerLength];
        file.slice(PREFIX, text.length).get(text);
        for (Map.Entry<String, JsonNode> property :
                Json.readStrict(file.path(), "header", text).properties()) {
            if (!property.getKey().equals("__metadata__")) {
                entries.put(property.getKey(), entry(property.getKey(), property.getValue(), dataStart));
            }
        }
        checkCoverage(dataStart);
    }

    /** @throws ExportException naming the tensor, found and wanted, where header and file disagree */
    static SafetensorsFile open(Path path) throws IOException {
        MappedFile mapped;
        try {
            mapped = MappedFile.open(path);
        } catch (NoSuchFileException e) {
            throw new ExportException(path + ": found no such file, wanted a safetensors file", e);
        }
        try {
            return new SafetensorsFile(mapped);
        } catch (RuntimeException e) {
            mapped.close();
            throw e;
        }
    }

    Collection<TensorInfo> tensors() {
        return entries.values().stream().map(Entry::info).toList();
    }

    /** Copies a part of a tensor that is in this file; see {@link Checkpoint#read}. */
    void read(String name, long offset, ByteBuffer dst) {
        Entry entry = entries.get(name);
        Objects.checkFromIndexSize(offset, (long) dst.remaining(), entry.info.byteLength());
        try {
            file.read(entry.begin + offset, dst);
        } catch (IOException e) {
            throw new ExportException(file.path() + ": tensor " + name + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private long headerLength() {
        if (file.size() < PREFIX) {
            throw ExportException.of(file.path(), "file", file.size() + " bytes", "a safetensors file");
        }
        long length = file.slice(0, PREFIX).getLong(0);
        long most = Math.min(MAX_HEADER, file.size() - PREFIX);
        if (length < 2 || length > most) {
            throw ExportException.of(
                    file.path(),
                    "header length",
                    Long.toUnsignedString(length),
                    "2.." + most + " (a safetensors file)");
        }
        return length;
    }

    private Entry entry(String name, JsonNode node, long dataStart) {
        String dtypeName = node.path("dtype").asString("");
        DType dtype =
                DType.of(dtypeName).orElseThrow(() -> bad(name, "dtype", node.get("dtype"), List.of(DType.values())));
        List<Long> shape = shape(name, node.get("shape"));
        long wanted = byteLength(name, dtype, shape);
        JsonNode offsets = node.get("data_offsets");
        if (offsets == null || !offsets.isArray() || offsets.size() != 2) {
            throw bad(name, "data_offsets", offsets, "[begin, end]");
        }
        long begin = nonNegative(name, "data_offsets", offsets.get(0));
        long end = nonNegative(name, "data_offsets", offsets.get(1));
        long dataLength = file.size() - dataStart;
        if (begin > end || end > dataLength) {
            throw bad(name, "data_offsets", offsets, "begin <= end <= " + dataLength + ", the bytes after the header");
        }
        if (end - begin != wanted) {
            throw bad(name, "data_offsets", end - begin + " bytes", wanted + " bytes for " + dtype + " " + shape);
        }
        return new Entry(new TensorInfo(name, dtype, shape, file.path(), wanted), dataStart + begin);
    }

    private List<Long> shape(String name, JsonNode node) {
        if (node == null || !node.isArray()) {
            throw bad(name, "shape", node, "a list of dimensions");
        }
        List<Long> shape = new ArrayList<>();
        for (JsonNode dimension : node) {
            shape.add(nonNegative(name, "shape", dimension));
        }
        return shape;
    }

    private long byteLength(String name, DType dtype, List<Long> shape) {
        long length = dtype.bytes();
        for (long dimension : shape) {
            try {
                length = Math.multiplyExact(length, dimension);
            } catch (ArithmeticException e) {
                throw bad(name, "shape", shape, "a tensor of less than 2^63 bytes");
            }
        }
        return length;
    }

    private long nonNegative(String name, String field, JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
            throw bad(name, field, node, "integers >= 0");
        }
        return node.longValue();
    }

    private void checkCoverage(long dataStart) {
        List<Entry> ordered = new ArrayList<>(entries.values());
        ordered.sort(Comparator.comparingLong(Entry::begin)
                .thenComparingLong(entry -> entry.info.byteLength())
                .thenComparing(entry -> entry.info.name()));
        long position = dataStart;
        for (Entry entry : ordered) {
            if (entry.begin != position) {
                throw bad(
                        entry.info.name(),
                        "data_offsets",
                        "begin " + (entry.begin - dataStart),
                        "begin " + (position - dataStart) + ", where the tensor before ends");
            }
            position += entry.info.byteLength();
        }
        if (position != file.size()) {
            throw ExportException.of(
                    file.path(), "file", file.size() + " bytes", position + " bytes, the end of the last tensor");
        }
    }

    private ExportException bad(String tensor, String field, Object found, Object wanted) {
        return ExportException.of(file.path(), "tensor " + tensor + ": " + field, found, wanted);
    }
}
