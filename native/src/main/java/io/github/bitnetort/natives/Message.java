package io.github.bitnetort.natives;

import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.BytePointer;

/** Room for a message that a C function writes. */
final class Message implements AutoCloseable {
    private static final int SIZE = 1024;

    private final BytePointer pointer = new BytePointer(SIZE).put(0, (byte) 0);

    /** What a C function gets as its char array. */
    BytePointer pointer() {
        return pointer;
    }

    /** The room there is, in bytes. */
    int size() {
        return SIZE;
    }

    /** What was written, up to the terminating zero. */
    String text() {
        byte[] bytes = new byte[SIZE];
        int length = 0;
        while (length < SIZE && pointer.get(length) != 0) {
            bytes[length] = pointer.get(length);
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        pointer.close();
    }
}
