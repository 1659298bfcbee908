package io.github.bitnetort.export.graph;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.ProgressListener;
import io.github.bitnetort.export.onnx.ModelProto;
import io.github.bitnetort.export.onnx.TensorProto;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Writes a model and its external data. Streamed tensors are made a few parts at a time, so no model needs to fit into
 * memory. The same model gives the same bytes, however many threads make them.
 */
public final class ModelWriter {
    /** What the name of the external data file adds to that of the model file. */
    public static final String DATA_SUFFIX = ".data";

    /** Streamed tensors of fewer bytes are kept in the model file, unless they ask for more than a page's alignment. */
    public static final int MIN_EXTERNAL_BYTES = 1024;

    /** Protobuf's bound for one message is 2 GiB; the rest is room for nodes. */
    private static final long MAX_INLINE_BYTES = Integer.MAX_VALUE - (1L << 26);

    private static final Set<StandardOpenOption> NEW_FILE =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    /** Where large tensors go. */
    public enum Storage {
        /** Into a second file, from where they can be mapped. */
        EXTERNAL,
        /** Into the model file, which must stay below 2 GiB. */
        INLINE
    }

    private final OnnxModel model;
    private final Storage storage;
    private final String dataName;
    private final int threads;
    private final Progress progress;

    private ModelWriter(OnnxModel model, Storage storage, String dataName, int threads, ProgressListener listener) {
        this.model = model;
        this.storage = storage;
        this.dataName = dataName;
        this.threads = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        this.progress = new Progress(listener, streamedBytes(model));
    }

    /** {@link #write(OnnxModel, Path, Storage, int, ProgressListener)} with a thread for each processor. */
    public static void write(OnnxModel model, Path modelFile, Storage storage, ProgressListener listener)
            throws IOException {
        write(model, modelFile, storage, 0, listener);
    }

    /**
     * Writes {@code modelFile} and, where there is anything to put there, {@code modelFile.data} beside it. Both appear
     * complete or not at all.
     *
     * @param threads that make external data, beside the calling one, which writes it; 0: one for each processor
     * @throws FileAlreadyExistsException where one of them exists
     * @throws ExportException where the model cannot be written, such as one of 2 GiB or more inline
     */
    public static void write(OnnxModel model, Path modelFile, Storage storage, int threads, ProgressListener listener)
            throws IOException {
        Path dataFile = modelFile.resolveSibling(modelFile.getFileName() + DATA_SUFFIX);
        for (Path file : List.of(modelFile, dataFile)) {
            if (Files.exists(file)) {
                throw new FileAlreadyExistsException(file.toString());
            }
        }
        Path modelTemp = UnfinishedFiles.begin(TemporaryPath.beside(modelFile));
        Path dataTemp = UnfinishedFiles.begin(TemporaryPath.beside(dataFile));
        try {
            String dataName = dataFile.getFileName().toString();
            boolean external = new ModelWriter(model, storage, dataName, threads, listener).write(modelTemp, dataTemp);
            if (external) {
                Files.move(dataTemp, dataFile);
            }
            moveOrUndo(modelTemp, modelFile, dataFile);
        } finally {
            for (Path file : List.of(modelTemp, dataTemp)) {
                Files.deleteIfExists(file);
                UnfinishedFiles.end(file);
            }
        }
    }

    private static void moveOrUndo(Path temporary, Path modelFile, Path dataFile) throws IOException {
        try {
            Files.move(temporary, modelFile);
        } catch (IOException e) {
            Files.deleteIfExists(dataFile);
            throw e;
        }
    }

    /** The whole model as the bytes of one file. */
    public static byte[] toBytes(OnnxModel model) {
        ModelWriter writer = new ModelWriter(model, Storage.INLINE, "", 1, ProgressListener.NONE);
        try {
            return writer.assemble(null).toByteArray();
        } catch (IOException e) {
            throw new ExportException("model: cannot read a tensor: " + e.getMessage(), e);
        }
    }

    private boolean write(Path modelFile, Path dataFile) throws IOException {
        boolean external;
        ModelProto proto;
        try (FileChannel data = FileChannel.open(dataFile, NEW_FILE)) {
            proto = assemble(data);
            external = data.size() > 0;
            data.force(true);
        }
        try (FileChannel channel = FileChannel.open(modelFile, NEW_FILE);
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
            CodedOutputStream coded = CodedOutputStream.newInstance(out);
            coded.useDeterministicSerialization();
            proto.writeTo(coded);
            coded.flush();
            out.flush();
            channel.force(true);
        }
        return external;
    }

    /** The model, once its external data is written. */
    private ModelProto assemble(FileChannel data) throws IOException {
        List<TensorProto> tensors = new ArrayList<>();
        List<DataFile.Entry> external = new ArrayList<>();
        long inline = 0;
        long end = 0;
        for (Initializer initializer : model.graph().initializers()) {
            if (isExternal(initializer)) {
                long offset = aligned(end, initializer.alignment());
                external.add(new DataFile.Entry(initializer, offset));
                end = offset + initializer.byteLength();
                tensors.add(new ExternalData(dataName, offset, end - offset).describe(initializer.proto()));
            } else {
                inline += initializer.byteLength();
                checkSize(inline);
                tensors.add(inline(initializer));
            }
        }
        if (!external.isEmpty()) {
            DataFile.write(data, external, threads, progress);
        }
        ModelProto.Builder proto = model.toProto();
        proto.getGraphBuilder().addAllInitializer(tensors);
        return proto.build();
    }

    private static long aligned(long offset, int alignment) {
        return (offset + alignment - 1) / alignment * alignment;
    }

    private static void checkSize(long inlineBytes) {
        if (inlineBytes > MAX_INLINE_BYTES) {
            throw new ExportException("model: found more than " + MAX_INLINE_BYTES
                    + " bytes of inline tensors, wanted less; store them as external data");
        }
    }

    private boolean isExternal(Initializer initializer) {
        return storage == Storage.EXTERNAL
                && initializer.data().isPresent()
                && (initializer.byteLength() >= MIN_EXTERNAL_BYTES || initializer.alignment() > Initializer.PAGE);
    }

    private TensorProto inline(Initializer initializer) throws IOException {
        if (initializer.data().isEmpty()) {
            return initializer.proto();
        }
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.toIntExact(initializer.byteLength())).order(ByteOrder.LITTLE_ENDIAN);
        initializer.data().get().read(0, bytes);
        progress.written(initializer.name(), bytes.position());
        return initializer.proto().toBuilder()
                .setRawData(UnsafeByteOperations.unsafeWrap(bytes.flip()))
                .build();
    }

    private static long streamedBytes(OnnxModel model) {
        return model.graph().initializers().stream()
                .filter(initializer -> initializer.data().isPresent())
                .mapToLong(Initializer::byteLength)
                .sum();
    }
}
