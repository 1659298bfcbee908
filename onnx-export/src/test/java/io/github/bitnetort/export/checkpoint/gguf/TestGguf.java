package io.github.bitnetort.export.checkpoint.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes GGUF files, also wrong ones. */
final class TestGguf {
    private record Tensor(String name, int type, long[] shape, byte[] bytes) {}

    int magic = 'G' | 'G' << 8 | 'U' << 16 | 'F' << 24;
    int version = 3;
    ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    Long tensorCount;
    Long keyCount;
    private final Map<String, byte[]> values = new LinkedHashMap<>();
    private final List<Tensor> tensors = new ArrayList<>();
    private final Map<String, Long> offsets = new LinkedHashMap<>();

    TestGguf text(String key, String value) {
        return raw(key, GgufValue.STRING, bytesOf(value));
    }

    TestGguf integer(String key, int value) {
        return raw(key, GgufValue.UINT32, little(4).putInt(value).array());
    }

    TestGguf number(String key, float value) {
        return raw(key, GgufValue.FLOAT32, little(4).putFloat(value).array());
    }

    TestGguf flag(String key, boolean value) {
        return raw(key, GgufValue.BOOL, new byte[] {(byte) (value ? 1 : 0)});
    }

    TestGguf texts(String key, List<String> list) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(little(12)
                .putInt(GgufValue.STRING.ordinal())
                .putLong(list.size())
                .array());
        list.forEach(text -> out.writeBytes(bytesOf(text)));
        return raw(key, GgufValue.ARRAY, out.toByteArray());
    }

    TestGguf integers(String key, int... list) {
        ByteBuffer out =
                little(12 + 4 * list.length).putInt(GgufValue.INT32.ordinal()).putLong(list.length);
        for (int value : list) {
            out.putInt(value);
        }
        return raw(key, GgufValue.ARRAY, out.array());
    }

    TestGguf numbers(String key, float... list) {
        ByteBuffer out =
                little(12 + 4 * list.length).putInt(GgufValue.FLOAT32.ordinal()).putLong(list.length);
        for (float value : list) {
            out.putFloat(value);
        }
        return raw(key, GgufValue.ARRAY, out.array());
    }

    /** A value of any bytes. */
    TestGguf raw(String key, GgufValue type, byte[] value) {
        values.put(
                key, little(4 + value.length).putInt(type.ordinal()).put(value).array());
        return this;
    }

    TestGguf remove(String key) {
        if (values.remove(key) == null) {
            throw new AssertionError("no key " + key);
        }
        return this;
    }

    /** @param shape outermost dimension first */
    TestGguf tensor(String name, int type, long[] shape, byte[] bytes) {
        tensors.removeIf(tensor -> tensor.name.equals(name));
        tensors.add(new Tensor(name, type, shape, bytes));
        return this;
    }

    TestGguf floats(String name, long[] shape, float... values) {
        ByteBuffer bytes = little(4 * values.length);
        bytes.asFloatBuffer().put(values);
        return tensor(name, 0, shape, bytes.array());
    }

    TestGguf without(String tensor) {
        if (!tensors.removeIf(t -> t.name.equals(tensor))) {
            throw new AssertionError("no tensor " + tensor);
        }
        return this;
    }

    /** States that offset, wherever the tensor lies. */
    TestGguf offset(String tensor, long offset) {
        offsets.put(tensor, offset);
        return this;
    }

    byte[] bytes() {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(magic)
                .order(order)
                .putInt(version)
                .array());
        head.writeBytes(little(16)
                .putLong(tensorCount == null ? tensors.size() : tensorCount)
                .putLong(keyCount == null ? values.size() : keyCount)
                .array());
        values.forEach((key, value) -> {
            head.writeBytes(bytesOf(key));
            head.writeBytes(value);
        });
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (Tensor tensor : tensors) {
            pad(data);
            head.writeBytes(bytesOf(tensor.name));
            ByteBuffer entry = little(4 + 8 * tensor.shape.length + 12).putInt(tensor.shape.length);
            for (int i = tensor.shape.length - 1; i >= 0; i--) {
                entry.putLong(tensor.shape[i]);
            }
            entry.putInt(tensor.type).putLong(offsets.getOrDefault(tensor.name, (long) data.size()));
            head.writeBytes(entry.array());
            data.writeBytes(tensor.bytes);
        }
        pad(head);
        head.writeBytes(data.toByteArray());
        return head.toByteArray();
    }

    Path write(Path file) {
        return write(file, bytes());
    }

    static Path write(Path file, byte[] bytes) {
        try {
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pad(ByteArrayOutputStream out) {
        while (out.size() % 32 != 0) {
            out.write(0);
        }
    }

    static byte[] bytesOf(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return little(8 + bytes.length).putLong(bytes.length).put(bytes).array();
    }

    static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
