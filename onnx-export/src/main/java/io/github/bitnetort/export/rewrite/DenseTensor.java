package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.util.Arrays;

/**
 * A tensor in memory, row-major. Floating point values of 32 bits and fewer are held as floats, and rounded to their type
 * when they are set; integers are held in the smallest array that has room for them.
 */
final class DenseTensor {
    private static final long MAX_ELEMENTS = 1L << 30;

    private final DataType type;
    private final int[] dims;
    private final int size;
    private float[] floats;
    private double[] doubles;
    private byte[] bytes;
    private int[] ints;
    private long[] longs;

    /** A tensor of zeros. */
    DenseTensor(DataType type, int... dims) {
        this(type, dims, true);
    }

    private DenseTensor(DataType type, int[] dims, boolean allocate) {
        this.type = type;
        this.dims = dims;
        this.size = elements(dims);
        if (allocate) {
            switch (type) {
                case FLOAT, FLOAT16, BFLOAT16 -> floats = new float[size];
                case DOUBLE -> doubles = new double[size];
                case BOOL, INT8, UINT8, INT4, UINT4, INT2, UINT2 -> bytes = new byte[size];
                case INT16, UINT16, INT32 -> ints = new int[size];
                case UINT32, INT64, UINT64 -> longs = new long[size];
                default -> throw new EvaluationException("values of type " + type);
            }
        }
    }

    static DenseTensor floats(float[] values, int... dims) {
        DenseTensor tensor = new DenseTensor(DataType.FLOAT, dims, false);
        tensor.floats = values;
        return tensor;
    }

    static DenseTensor longs(long... values) {
        DenseTensor tensor = new DenseTensor(DataType.INT64, new int[] {values.length}, false);
        tensor.longs = values;
        return tensor;
    }

    DataType type() {
        return type;
    }

    int[] dims() {
        return dims;
    }

    int rank() {
        return dims.length;
    }

    int size() {
        return size;
    }

    boolean isFloating() {
        return floats != null || doubles != null;
    }

    /** The same values in another shape; nothing is copied. */
    DenseTensor reshaped(int... other) {
        DenseTensor tensor = new DenseTensor(type, other, false);
        if (tensor.size != size) {
            throw new EvaluationException("a shape " + Arrays.toString(other) + " for " + Arrays.toString(dims));
        }
        tensor.floats = floats;
        tensor.doubles = doubles;
        tensor.bytes = bytes;
        tensor.ints = ints;
        tensor.longs = longs;
        return tensor;
    }

    DenseTensor copy() {
        DenseTensor tensor = new DenseTensor(type, dims);
        copyTo(tensor, 0, 0, size);
        return tensor;
    }

    /** Copies a run of elements to a tensor of the same type. */
    void copyTo(DenseTensor to, int from, int at, int count) {
        Object source = array();
        System.arraycopy(source, from, to.array(), at, count);
    }

    private Object array() {
        return floats != null
                ? floats
                : doubles != null ? doubles : bytes != null ? bytes : ints != null ? ints : longs;
    }

    /** The element, exact for all but integers beyond 2^53. */
    double real(int i) {
        if (floats != null) {
            return floats[i];
        }
        return doubles != null ? doubles[i] : integer(i);
    }

    /** The element; floating point is truncated. */
    long integer(int i) {
        if (bytes != null) {
            return isUnsignedByte() ? bytes[i] & 0xff : bytes[i];
        }
        if (ints != null) {
            return ints[i];
        }
        return longs != null ? longs[i] : (long) real(i);
    }

    private boolean isUnsignedByte() {
        return type == DataType.UINT8 || type == DataType.BOOL;
    }

    /** Sets an element to the nearest value of the type; integers take what is before the point. */
    void set(int i, double value) {
        if (floats != null) {
            floats[i] = Rounding.toType(type, value);
        } else if (doubles != null) {
            doubles[i] = value;
        } else {
            set(i, type == DataType.BOOL ? (value != 0 ? 1 : 0) : (long) value);
        }
    }

    /** Sets an element; integers wrap around. */
    void set(int i, long value) {
        if (bytes != null) {
            bytes[i] = (byte) (type == DataType.BOOL ? (value != 0 ? 1 : 0) : value);
        } else if (ints != null) {
            ints[i] = type == DataType.INT16
                    ? (short) value
                    : type == DataType.UINT16 ? (int) value & 0xffff : (int) value;
        } else if (longs != null) {
            longs[i] = type == DataType.UINT32 ? value & 0xffffffffL : value;
        } else {
            set(i, (double) value);
        }
    }

    static int elements(int[] dims) {
        long elements = 1;
        for (int dim : dims) {
            if (dim < 0) {
                throw new EvaluationException("a shape " + Arrays.toString(dims));
            }
            elements *= dim;
            if (elements > MAX_ELEMENTS) {
                throw new EvaluationException("a tensor of more than " + MAX_ELEMENTS + " elements");
            }
        }
        return (int) elements;
    }
}
