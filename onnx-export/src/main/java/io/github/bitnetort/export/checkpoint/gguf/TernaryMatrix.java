package io.github.bitnetort.export.checkpoint.gguf;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.checkpoint.CodeLanes;
import io.github.bitnetort.export.checkpoint.QuantizedMatrix;
import io.github.bitnetort.ops.RowSource;
import java.nio.ByteBuffer;

/** A tensor of a ternary or binary type. */
final class TernaryMatrix implements QuantizedMatrix {
    private final GgufFile file;
    private final GgufTensor tensor;
    private final RowOrder order;
    private final float factor;
    private final int k;
    private final int blockSize;

    /** Null where there is one a block: so many are read again, row by row, when they are asked for. */
    private final BlockScales few;

    /** @param factor what the file stores beside the tensor, by which its product is multiplied; 1 where nothing */
    TernaryMatrix(GgufFile file, GgufTensor tensor, RowOrder order, float factor) {
        this.file = file;
        this.tensor = tensor;
        this.order = order;
        this.k = Math.toIntExact(tensor.columns());
        this.factor = factor;
        BlockScales scales = BlockScales.read(file, tensor, factor);
        this.blockSize = scales.blockSize();
        this.few = blockSize == 0 ? scales : null;
    }

    @Override
    public boolean isBinary() {
        return tensor.type() == TensorType.Q1_0;
    }

    @Override
    public int blockSize() {
        return blockSize;
    }

    @Override
    public float[] scale() {
        return few.ordered(order);
    }

    @Override
    public float[] blockScales(int wanted, int first, int count) {
        if (few != null) {
            return few.expand(order, wanted, first, count);
        }
        float[] scales = new float[Math.multiplyExact(count, k / wanted)];
        for (int row = 0; row < count; row++) {
            float[] stored = BlockScales.ofRow(file, tensor, factor, order.stored(first + row));
            BlockScales.spread(stored, 0, stored.length, scales, row * (k / wanted), k / wanted);
        }
        return scales;
    }

    @Override
    public RowSource rows() {
        return tensor.type().isI2S() && k % tensor.type().blockElements() != 0 ? this::copyStraddling : this::copyRow;
    }

    private void copyRow(int n, byte[] dst, int offset) {
        copyBlocks((long) order.stored(n) * (k / tensor.type().blockElements()), k, dst, offset);
        check(n, dst, offset);
    }

    /** Rows of I2_S need not begin with a block. */
    private void copyStraddling(int n, byte[] dst, int offset) {
        int elements = tensor.type().blockElements();
        long begin = (long) order.stored(n) * k;
        int skip = (int) (begin % elements);
        byte[] whole = new byte[(skip + k + elements - 1) / elements * elements];
        copyBlocks(begin / elements, whole.length, whole, 0);
        System.arraycopy(whole, skip, dst, offset, k);
        check(n, dst, offset);
    }

    private void copyBlocks(long first, int count, byte[] dst, int offset) {
        TensorType type = tensor.type();
        int blocks = count / type.blockElements();
        ByteBuffer bytes = file.bytes(tensor, first * type.blockBytes(), blocks * type.blockBytes());
        TernaryBlocks codec = (TernaryBlocks) type.codec();
        for (int i = 0; i < blocks; i++) {
            codec.weights(bytes, i * type.blockBytes(), dst, offset + i * type.blockElements());
        }
    }

    private void check(int n, byte[] dst, int offset) {
        int bad = CodeLanes.firstInvalid(dst, offset, k);
        if (bad >= 0) {
            throw ExportException.of(
                    file.path(),
                    "tensor " + tensor.name() + ": row " + order.stored(n) + ", column " + bad,
                    "code 3",
                    "0, 1 or 2: weights -1, 0 and +1");
        }
    }
}
