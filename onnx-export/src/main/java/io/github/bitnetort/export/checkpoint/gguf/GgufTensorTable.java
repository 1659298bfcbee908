package io.github.bitnetort.export.checkpoint.gguf;

import io.github.bitnetort.export.ExportException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the tensors of a header's descriptions: types known, offsets aligned, bytes within the file and their own. */
final class GgufTensorTable {
    private static final String ALIGNMENT = "general.alignment";
    private static final int DEFAULT_ALIGNMENT = 32;

    private final Path file;
    private final long size;
    private final GgufHeader header;
    private final I2sLayout layout;
    private final long dataStart;
    private final int alignment;

    GgufTensorTable(Path file, long size, GgufHeader header, I2sLayout layout) {
        this.file = file;
        this.size = size;
        this.header = header;
        this.layout = layout;
        this.alignment = header.metadata().integer(ALIGNMENT).orElse(DEFAULT_ALIGNMENT);
        if (Integer.bitCount(alignment) != 1) {
            throw header.metadata().bad(ALIGNMENT, alignment, "a power of 2");
        }
        this.dataStart = (header.end() + alignment - 1) / alignment * alignment;
    }

    Map<String, GgufTensor> read() {
        List<GgufTensor> tensors = tensors(TensorType.Q2_0);
        if (tensors.stream().anyMatch(tensor -> tensor.type() == TensorType.Q2_0) && problem(tensors) != null) {
            List<GgufTensor> older = tensors(TensorType.Q2_0_G128);
            tensors = problem(older) == null ? older : tensors;
        }
        ExportException problem = problem(tensors);
        if (problem != null) {
            throw problem;
        }
        Map<String, GgufTensor> byName = new LinkedHashMap<>();
        tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
        return byName;
    }

    /** @param q2 which of the two types of one number is meant: only where tensors lie tells */
    private List<GgufTensor> tensors(TensorType q2) {
        List<GgufTensor> tensors = new ArrayList<>();
        for (GgufHeader.Entry entry : header.entries()) {
            tensors.add(tensor(entry, type(entry, q2)));
        }
        return tensors;
    }

    private GgufTensor tensor(GgufHeader.Entry entry, TensorType type) {
        if (entry.offset() < 0 || entry.offset() % alignment != 0) {
            throw bad(
                    entry.name(),
                    "offset",
                    Long.toUnsignedString(entry.offset()),
                    "a multiple of the alignment " + alignment);
        }
        if (entry.offset() > size - dataStart) {
            throw bad(
                    entry.name(),
                    "offset",
                    entry.offset(),
                    "at most " + (size - dataStart) + " (the file is cut short)");
        }
        return new GgufTensor(entry.name(), type, entry.shape(), dataStart + entry.offset());
    }

    private TensorType type(GgufHeader.Entry entry, TensorType q2) {
        List<TensorType> types = TensorType.ofNumber(entry.typeNumber());
        TensorType type = types.isEmpty() ? null : types.get(0);
        if (type == TensorType.I2_S && layout == I2sLayout.ARM) {
            type = TensorType.I2_S_ARM;
        } else if (type == TensorType.Q2_0) {
            type = q2;
        }
        if (type == null) {
            throw bad(
                    entry.name(),
                    "type",
                    Integer.toUnsignedString(entry.typeNumber()),
                    "one of " + Arrays.toString(TensorType.values()));
        }
        return type;
    }

    /** The first thing wrong with where the tensors lie, or null. */
    private ExportException problem(List<GgufTensor> tensors) {
        List<GgufTensor> ordered = new ArrayList<>(tensors);
        ordered.sort(Comparator.comparingLong(GgufTensor::offset).thenComparing(GgufTensor::name));
        GgufTensor before = null;
        for (GgufTensor tensor : ordered) {
            long wholeBlocks = tensor.type().isI2S() ? tensor.elements() : tensor.columns();
            if (wholeBlocks % tensor.type().blockElements() != 0) {
                return bad(
                        tensor.name(),
                        "shape",
                        tensor.describe(),
                        "a multiple of " + tensor.type().blockElements() + " columns");
            }
            if (tensor.byteLength() > size - tensor.offset()) {
                return bad(
                        tensor.name(),
                        "bytes",
                        size - tensor.offset() + " up to the end of the file",
                        tensor.byteLength() + " for " + tensor.describe() + " (the file is cut short)");
            }
            if (before != null && before.offset() + before.byteLength() > tensor.offset()) {
                return bad(
                        tensor.name(),
                        "offset",
                        tensor.offset() - dataStart,
                        "at least " + (before.offset() + before.byteLength() - dataStart) + ", where tensor "
                                + before.name() + " " + before.describe() + " ends");
            }
            before = tensor;
        }
        return null;
    }

    private ExportException bad(String tensor, String field, Object found, Object wanted) {
        return ExportException.of(file, "tensor " + tensor + ": " + field, found, wanted);
    }
}
