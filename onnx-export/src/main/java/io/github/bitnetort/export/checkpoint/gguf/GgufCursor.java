package io.github.bitnetort.export.checkpoint.gguf;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.checkpoint.MappedFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads a file's fields one after the other. Every length is checked against what is left before it is believed. */
final class GgufCursor {
    private static final int MAX_TEXT = 1 << 26;

    private final MappedFile file;
    private long position;

    GgufCursor(MappedFile file) {
        this.file = file;
    }

    long position() {
        return position;
    }

    /** @param what names the field in errors */
    byte int8(String what) {
        return take(1, what).get(0);
    }

    short int16(String what) {
        return take(Short.BYTES, what).getShort(0);
    }

    int int32(String what) {
        return take(Integer.BYTES, what).getInt(0);
    }

    long int64(String what) {
        return take(Long.BYTES, what).getLong(0);
    }

    float float32(String what) {
        return Float.intBitsToFloat(int32(what));
    }

    double float64(String what) {
        return Double.longBitsToDouble(int64(what));
    }

    /** A 64-bit length and as many bytes of UTF-8. */
    String text(String what) {
        int length = count(what + ": length", 1, MAX_TEXT);
        byte[] bytes = new byte[length];
        take(length, what).get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * A 64-bit number of things to come.
     *
     * @param bytes the least that one of them takes
     * @param most how many there may be
     */
    int count(String what, int bytes, int most) {
        long found = int64(what);
        long fit = Math.min((file.size() - position) / bytes, most);
        if (found < 0 || found > fit) {
            throw ExportException.of(
                    file.path(), what, Long.toUnsignedString(found), "0.." + fit + ", as the rest of the file allows");
        }
        return (int) found;
    }

    private ByteBuffer take(int length, String what) {
        long left = file.size() - position;
        if (length > left) {
            throw ExportException.of(
                    file.path(),
                    what,
                    "the end of the file after " + left + " bytes",
                    length + " bytes at " + position + " (the file is cut short)");
        }
        ByteBuffer bytes = file.slice(position, length);
        position += length;
        return bytes;
    }
}
