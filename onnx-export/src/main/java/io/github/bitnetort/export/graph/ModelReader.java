package io.github.bitnetort.export.graph;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.checkpoint.MappedFile;
import io.github.bitnetort.export.onnx.ModelProto;
import io.github.bitnetort.export.onnx.TensorProto;
import io.github.bitnetort.ops.CustomBitMatMul;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a model file; external data stays on disk, mapped until the reader is closed. */
public final class ModelReader implements Closeable {
    private final Path modelFile;
    private final Map<Path, MappedFile> dataFiles = new HashMap<>();
    private final OnnxModel model;

    private ModelReader(Path modelFile, ModelProto proto) throws IOException {
        this.modelFile = modelFile;
        OnnxGraph graph = new OnnxGraph(proto.getGraph());
        this.model = new OnnxModel(proto, graph);
        try {
            for (TensorProto tensor : proto.getGraph().getInitializerList()) {
                graph.addInitializer(initializer(tensor));
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Opens a model file.
     *
     * @throws ExportException where it is not ONNX, or its external data is missing, too short or outside its folder
     */
    public static ModelReader open(Path modelFile) throws IOException {
        if (Files.isDirectory(modelFile)) {
            throw ExportException.of(modelFile, "file", "a folder", "an ONNX model");
        }
        try (FileChannel channel = FileChannel.open(modelFile, StandardOpenOption.READ)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw ExportException.of(
                        modelFile, "file", channel.size() + " bytes", "less than 2 GiB, protobuf's limit");
            }
            // The parsed model refers to the mapping: weights inside the file do not become part of Java's heap.
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            CodedInputStream coded = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
            coded.enableAliasing(true);
            coded.setSizeLimit(Integer.MAX_VALUE);
            ModelProto proto = ModelProto.parseFrom(coded);
            if (!proto.hasGraph()) {
                throw ExportException.of(modelFile, "file", "no graph", "an ONNX model");
            }
            return new ModelReader(modelFile, proto);
        } catch (InvalidProtocolBufferException e) {
            throw new ExportException(modelFile + ": file: found " + e.getMessage() + ", wanted an ONNX model", e);
        } catch (NoSuchFileException e) {
            throw new ExportException(modelFile + ": found no such file, wanted an ONNX model", e);
        }
    }

    /** The model, with external data still in its files: valid until this is closed. */
    public OnnxModel model() {
        return model;
    }

    /** Whether any tensor of the main graph lies outside the model file. */
    public boolean hasExternalData() {
        return !dataFiles.isEmpty();
    }

    /** The files that external data of the main graph lies in. */
    public List<Path> dataFiles() {
        return List.copyOf(dataFiles.keySet());
    }

    /** The sizes of the external data files together. */
    public long dataBytes() {
        return dataFiles.values().stream().mapToLong(MappedFile::size).sum();
    }

    @Override
    public void close() throws IOException {
        for (MappedFile file : dataFiles.values()) {
            file.close();
        }
    }

    private Initializer initializer(TensorProto tensor) throws IOException {
        if (!ExternalData.isExternal(tensor)) {
            return Initializer.inline(tensor);
        }
        ExternalData external = ExternalData.of(modelFile, tensor);
        MappedFile file = dataFile(external.resolve(modelFile, tensor), tensor);
        long rest = file.size() - external.offset();
        long length = external.length() < 0 ? rest : external.length();
        if (rest < 0 || length > rest) {
            throw ExternalData.bad(
                    modelFile,
                    tensor,
                    "offset " + external.offset() + " and length " + external.length(),
                    "a part of the " + file.size() + " bytes of " + external.location());
        }
        return Initializer.streamed(
                ExternalData.strip(tensor),
                new MappedTensorData(file, external.offset(), length),
                alignment(external.offset()));
    }

    /** What the offset happens to be a multiple of, up to what the op asks for its weights. */
    private static int alignment(long offset) {
        return (int) Long.lowestOneBit(offset | CustomBitMatMul.WEIGHT_ALIGNMENT);
    }

    private MappedFile dataFile(Path path, TensorProto tensor) throws IOException {
        MappedFile file = dataFiles.get(path);
        if (file == null) {
            try {
                file = MappedFile.open(path);
            } catch (NoSuchFileException e) {
                throw ExternalData.bad(modelFile, tensor, "no file " + path, "one");
            }
            dataFiles.put(path, file);
        }
        return file;
    }
}
