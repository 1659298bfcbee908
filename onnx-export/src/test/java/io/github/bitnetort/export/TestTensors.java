package io.github.bitnetort.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Named tensors, and the safetensors files that hold them. */
public final class TestTensors {
    /** One tensor as it lies in a file. */
    public record Tensor(String dtype, long[] shape, byte[] bytes) {}

    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    public TestTensors put(String name, String dtype, long[] shape, byte[] bytes) {
        tensors.put(name, new Tensor(dtype, shape, bytes));
        return this;
    }

    public TestTensors floats(String name, long[] shape, float... values) {
        ByteBuffer bytes = little(values.length * 4);
        bytes.asFloatBuffer().put(values);
        return put(name, "F32", shape, bytes.array());
    }

    /** Keeps the upper half of each float, so give values that it holds exactly where that matters. */
    public TestTensors bfloats(String name, long[] shape, float... values) {
        ByteBuffer bytes = little(values.length * 2);
        for (float value : values) {
            bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
        }
        return put(name, "BF16", shape, bytes.array());
    }

    public Tensor get(String name) {
        return tensors.get(name);
    }

    public TestTensors remove(String name) {
        if (tensors.remove(name) == null) {
            throw new AssertionError("no tensor " + name);
        }
        return this;
    }

    /** Another set with those tensors whose names pass. */
    public TestTensors only(Predicate<String> names) {
        TestTensors some = new TestTensors();
        tensors.forEach((name, tensor) -> {
            if (names.test(name)) {
                some.tensors.put(name, tensor);
            }
        });
        return some;
    }

    /** Writes {@code model.safetensors}. */
    public void write(Path directory) {
        writeFile(directory.resolve("model.safetensors"));
    }

    public void writeFile(Path file) {
        StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        tensors.forEach((name, tensor) -> {
            int begin = data.size();
            data.writeBytes(tensor.bytes);
            header.append(",\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                    .formatted(name, tensor.dtype, Arrays.toString(tensor.shape), begin, data.size()));
        });
        writeRaw(file, header.append('}').toString(), data.toByteArray());
    }

    /** Writes {@code model.safetensors.index.json} and two shards. */
    public void writeSharded(Path directory) {
        Predicate<String> first = name -> name.hashCode() % 2 == 0;
        only(first).writeFile(directory.resolve("model-00001-of-00002.safetensors"));
        only(first.negate()).writeFile(directory.resolve("model-00002-of-00002.safetensors"));
        String map = tensors.keySet().stream()
                .map(name -> "\"%s\":\"model-0000%d-of-00002.safetensors\"".formatted(name, first.test(name) ? 1 : 2))
                .collect(Collectors.joining(","));
        writeText(directory.resolve("model.safetensors.index.json"), "{\"metadata\":{},\"weight_map\":{" + map + "}}");
    }

    /** Writes a safetensors file of any header, however wrong. */
    public static void writeRaw(Path file, String header, byte[] data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        writeRaw(file, text.length, text, data);
    }

    public static void writeRaw(Path file, long headerLength, byte[] header, byte[] data) {
        ByteBuffer bytes = little(8 + header.length + data.length);
        write(file, bytes.putLong(headerLength).put(header).put(data).array());
    }

    public static void writeText(Path file, String text) {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
