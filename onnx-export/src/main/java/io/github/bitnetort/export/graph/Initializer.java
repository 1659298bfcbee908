package io.github.bitnetort.export.graph;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.onnx.TensorProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A constant tensor of a graph: either wholly in its proto, or a description with data that is streamed. */
public final class Initializer {
    /** Where mapped data may start on every common system. */
    public static final int PAGE = 4096;

    private final TensorProto proto;
    private final TensorData data;
    private final int alignment;

    private Initializer(TensorProto proto, TensorData data, int alignment) {
        this.proto = proto;
        this.data = data;
        this.alignment = alignment;
    }

    /** A tensor that carries its data and keeps it in the model file. */
    public static Initializer inline(TensorProto tensor) {
        return new Initializer(tensor, null, 1);
    }

    /**
     * A tensor whose data is written on its own, to external data where it is large.
     *
     * @param alignment what its offset in external data is a multiple of
     * @throws IllegalArgumentException where data and dimensions disagree
     */
    public static Initializer streamed(String name, DataType type, long[] dims, TensorData data, int alignment) {
        TensorProto proto = TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .addAllDims(Arrays.stream(dims).boxed().toList())
                .build();
        return streamed(proto, data, alignment);
    }

    /** The same, of a proto that holds all but the data. */
    static Initializer streamed(TensorProto proto, TensorData data, int alignment) {
        long wanted = ElementTypes.byteLength(proto.getDataType(), proto.getDimsList())
                .orElseThrow(() -> new ExportException("initializer " + proto.getName() + ": found data type "
                        + proto.getDataType() + " " + proto.getDimsList() + ", wanted one of fixed width"));
        if (data.byteLength() != wanted) {
            throw new ExportException("initializer " + proto.getName() + ": found " + data.byteLength()
                    + " bytes of data, wanted " + wanted + " for dimensions " + proto.getDimsList());
        }
        return new Initializer(proto, data, alignment);
    }

    /** The name that nodes read it by. */
    public String name() {
        return proto.getName();
    }

    /** Everything but streamed data. */
    public TensorProto proto() {
        return proto;
    }

    /** The element type's number in {@link DataType}. */
    public int dataType() {
        return proto.getDataType();
    }

    /** The lengths of its dimensions, outermost first; none of a scalar. */
    public List<Long> dims() {
        return proto.getDimsList();
    }

    /** The streamed data; empty where the proto holds all. */
    public Optional<TensorData> data() {
        return Optional.ofNullable(data);
    }

    /** What the offset in external data is a multiple of. */
    public int alignment() {
        return alignment;
    }

    /** Bytes that the values take (for strings and the like, in the file). */
    public long byteLength() {
        return data != null
                ? data.byteLength()
                : ElementTypes.byteLength(proto.getDataType(), proto.getDimsList())
                        .orElse(proto.getSerializedSize());
    }
}
