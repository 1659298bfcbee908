package io.github.bitnetort.export.checkpoint;

import java.nio.file.Path;
import java.util.List;

/**
 * What a checkpoint says of one tensor.
 *
 * @param shape outermost dimension first
 * @param file where its bytes are
 * @param byteLength elements times bytes an element
 */
public record TensorInfo(String name, DType dtype, List<Long> shape, Path file, long byteLength) {
    /** Copies the shape. */
    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /** The number of elements. */
    public long elements() {
        return byteLength / dtype.bytes();
    }

    /** Such as "BF16 [4, 256]". */
    public String describe() {
        return dtype + " " + shape;
    }
}
