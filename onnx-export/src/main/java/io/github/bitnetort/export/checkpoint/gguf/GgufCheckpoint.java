package io.github.bitnetort.export.checkpoint.gguf;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.DType;
import io.github.bitnetort.export.checkpoint.QuantizedMatrix;
import io.github.bitnetort.export.checkpoint.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/** A file's tensors under Hugging Face's names; what is stored in blocks reads as float32. */
final class GgufCheckpoint implements Checkpoint {
    private final GgufFile file;
    private final SortedMap<String, GgufTensor> tensors;
    private final Map<String, RowOrder> orders;
    private final Map<String, QuantizedMatrix> quantized;

    /**
     * @param tensors by Hugging Face's names
     * @param orders of the tensors whose rows are in another order
     * @param quantized what is exported as quantized weights
     */
    GgufCheckpoint(
            GgufFile file,
            SortedMap<String, GgufTensor> tensors,
            Map<String, RowOrder> orders,
            Map<String, QuantizedMatrix> quantized) {
        this.file = file;
        this.tensors = tensors;
        this.orders = orders;
        this.quantized = quantized;
    }

    @Override
    public Path location() {
        return file.path();
    }

    @Override
    public SortedSet<String> tensorNames() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(tensors.keySet()));
    }

    @Override
    public boolean contains(String name) {
        return tensors.containsKey(name);
    }

    @Override
    public TensorInfo info(String name) {
        GgufTensor tensor = tensor(name);
        DType dtype = tensor.type().direct().orElse(DType.F32);
        return new TensorInfo(
                name, dtype, tensor.shape(), file.path(), Math.multiplyExact(tensor.elements(), dtype.bytes()));
    }

    @Override
    public void read(String name, long offset, ByteBuffer dst) {
        RowOrder order = orders.getOrDefault(name, RowOrder.SAME);
        dst.put(new FloatView(file, tensor(name), order).bytes(offset, dst.remaining()));
    }

    @Override
    public Optional<QuantizedMatrix> quantized(String name) {
        return Optional.ofNullable(quantized.get(name));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private GgufTensor tensor(String name) {
        GgufTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw ExportException.of(file.path(), "tensor " + name, "none", "one of that name, in GGUF's spelling");
        }
        return tensor;
    }
}
