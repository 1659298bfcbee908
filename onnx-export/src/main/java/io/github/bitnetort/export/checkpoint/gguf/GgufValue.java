package io.github.bitnetort.export.checkpoint.gguf;

import io.github.bitnetort.export.ExportException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The types of metadata values, at their numbers in the format; numbers are read as Long or Double. */
enum GgufValue {
    UINT8(1) {
        @Override
        Object read(GgufCursor in, String what) {
            return (long) Byte.toUnsignedInt(in.int8(what));
        }
    },
    INT8(1) {
        @Override
        Object read(GgufCursor in, String what) {
            return (long) in.int8(what);
        }
    },
    UINT16(2) {
        @Override
        Object read(GgufCursor in, String what) {
            return (long) Short.toUnsignedInt(in.int16(what));
        }
    },
    INT16(2) {
        @Override
        Object read(GgufCursor in, String what) {
            return (long) in.int16(what);
        }
    },
    UINT32(4) {
        @Override
        Object read(GgufCursor in, String what) {
            return Integer.toUnsignedLong(in.int32(what));
        }
    },
    INT32(4) {
        @Override
        Object read(GgufCursor in, String what) {
            return (long) in.int32(what);
        }
    },
    FLOAT32(4) {
        @Override
        Object read(GgufCursor in, String what) {
            return (double) in.float32(what);
        }
    },
    BOOL(1) {
        @Override
        Object read(GgufCursor in, String what) {
            return in.int8(what) != 0;
        }
    },
    STRING(8) {
        @Override
        Object read(GgufCursor in, String what) {
            return in.text(what);
        }
    },
    ARRAY(12) {
        @Override
        Object read(GgufCursor in, String what) {
            throw new IllegalStateException("an array is read with its element type");
        }
    },
    UINT64(8) {
        @Override
        Object read(GgufCursor in, String what) {
            return in.int64(what);
        }
    },
    INT64(8) {
        @Override
        Object read(GgufCursor in, String what) {
            return in.int64(what);
        }
    },
    FLOAT64(8) {
        @Override
        Object read(GgufCursor in, String what) {
            return in.float64(what);
        }
    };

    /** Far above any vocabulary's length: what a list may take of memory. */
    private static final int MAX_ELEMENTS = 1 << 23;

    private final int leastBytes;

    GgufValue(int leastBytes) {
        this.leastBytes = leastBytes;
    }

    abstract Object read(GgufCursor in, String what);

    /** A type's number and a value of it: a Long, Double, Boolean, String or List of these. */
    static Object readTyped(GgufCursor in, Path file, String what) {
        GgufValue type = type(in, file, what);
        return type == ARRAY ? list(in, file, what) : type.read(in, what);
    }

    private static List<Object> list(GgufCursor in, Path file, String what) {
        GgufValue type = type(in, file, what + ": element type");
        if (type == ARRAY) {
            throw ExportException.of(file, what, "a list of lists", "a list of numbers or strings");
        }
        int count = in.count(what + ": elements", type.leastBytes, MAX_ELEMENTS);
        List<Object> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(type.read(in, what));
        }
        return values;
    }

    private static GgufValue type(GgufCursor in, Path file, String what) {
        int number = in.int32(what + ": type");
        if (number < 0 || number >= values().length) {
            throw ExportException.of(file, what + ": type", Integer.toUnsignedString(number), "0..12");
        }
        return values()[number];
    }
}
