package io.github.bitnetort.export.graph;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.onnx.StringStringEntryProto;
import io.github.bitnetort.export.onnx.TensorProto;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Where a tensor's bytes lie outside the model file.
 *
 * @param location path relative to the model's folder
 * @param offset in bytes
 * @param length in bytes; -1: to the end of the file
 */
record ExternalData(String location, long offset, long length) {
    private static final String LOCATION = "location";
    private static final String OFFSET = "offset";
    private static final String LENGTH = "length";

    static boolean isExternal(TensorProto tensor) {
        return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
    }

    /** @throws ExportException naming the tensor, where an entry is missing or malformed */
    static ExternalData of(Path modelFile, TensorProto tensor) {
        String location = null;
        long offset = 0;
        long length = -1;
        for (StringStringEntryProto entry : tensor.getExternalDataList()) {
            switch (entry.getKey()) {
                case LOCATION -> location = entry.getValue();
                case OFFSET -> offset = number(modelFile, tensor, entry);
                case LENGTH -> length = number(modelFile, tensor, entry);
                default -> {}
            }
        }
        if (location == null || location.isEmpty()) {
            throw bad(modelFile, tensor, "no location", "the name of a file");
        }
        return new ExternalData(location, offset, length);
    }

    /** The file, which must lie in the model's folder: a model must not read what its user never named. */
    Path resolve(Path modelFile, TensorProto tensor) {
        Path folder = modelFile.toAbsolutePath().getParent();
        try {
            Path relative = Path.of(location);
            Path file = folder.resolve(relative).normalize();
            if (!relative.isAbsolute() && file.startsWith(folder.normalize())) {
                return file;
            }
        } catch (InvalidPathException e) {
            throw bad(modelFile, tensor, "location \"" + location + "\"", "a path on this system");
        }
        throw bad(modelFile, tensor, "location \"" + location + "\"", "a path inside the model's folder");
    }

    /** The tensor's description with this as its place. */
    TensorProto describe(TensorProto proto) {
        return proto.toBuilder()
                .clearExternalData()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry(LOCATION, location))
                .addExternalData(entry(OFFSET, Long.toString(offset)))
                .addExternalData(entry(LENGTH, Long.toString(length)))
                .build();
    }

    /** The tensor's description without a place. */
    static TensorProto strip(TensorProto proto) {
        return proto.toBuilder().clearExternalData().clearDataLocation().build();
    }

    static ExportException bad(Path modelFile, TensorProto tensor, String found, String wanted) {
        return ExportException.of(modelFile, "initializer " + tensor.getName() + ": external data", found, wanted);
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static long number(Path modelFile, TensorProto tensor, StringStringEntryProto entry) {
        try {
            long value = Long.parseLong(entry.getValue());
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Falls to the error below.
        }
        throw bad(modelFile, tensor, entry.getKey() + " \"" + entry.getValue() + "\"", "an integer >= 0");
    }
}
