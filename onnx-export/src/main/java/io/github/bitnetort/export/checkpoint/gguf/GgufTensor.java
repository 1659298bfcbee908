package io.github.bitnetort.export.checkpoint.gguf;

import java.util.List;

/**
 * One tensor of a file.
 *
 * @param shape outermost dimension first, which is the reverse of the file's order
 * @param offset of its first byte in the file
 */
record GgufTensor(String name, TensorType type, List<Long> shape, long offset) {
    GgufTensor {
        shape = List.copyOf(shape);
    }

    long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** The length of a row, along which blocks lie. */
    long columns() {
        return shape.get(shape.size() - 1);
    }

    long byteLength() {
        return type.byteLength(elements());
    }

    /** Such as "TQ2_0 [256, 768]". */
    String describe() {
        return type + " " + shape;
    }
}
