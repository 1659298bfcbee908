package io.github.bitnetort.export.graph;

import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.util.OptionalLong;

/** How many bytes tensors take. */
public final class ElementTypes {
    private ElementTypes() {}

    /** Bits of one element in raw data; 0 for what has no fixed width. */
    public static int bits(DataType type) {
        return switch (type) {
            case UINT2, INT2 -> 2;
            case UINT4, INT4, FLOAT4E2M1 -> 4;
            case UINT8, INT8, BOOL, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT8E8M0 -> 8;
            case UINT16, INT16, FLOAT16, BFLOAT16 -> 16;
            case FLOAT, INT32, UINT32 -> 32;
            case INT64, UINT64, DOUBLE, COMPLEX64 -> 64;
            case COMPLEX128 -> 128;
            // Two six-bit types have no packing that readers agree on.
            case UNDEFINED, STRING, FLOAT6E2M3, FLOAT6E3M2 -> 0;
        };
    }

    /** Bytes of raw data of a tensor; empty for types without a fixed width, impossible dimensions and overflow. */
    public static OptionalLong byteLength(int dataType, Iterable<Long> dims) {
        DataType type = DataType.forNumber(dataType);
        int bits = type == null ? 0 : bits(type);
        if (bits == 0) {
            return OptionalLong.empty();
        }
        long elements = 1;
        for (long dim : dims) {
            if (dim < 0 || Math.multiplyHigh(elements, dim) != 0 || elements * dim < 0) {
                return OptionalLong.empty();
            }
            elements *= dim;
        }
        if (elements > Long.MAX_VALUE / bits - 7) {
            return OptionalLong.empty();
        }
        return OptionalLong.of((elements * bits + 7) / 8);
    }
}
