package io.github.bitnetort.tests.checkpoints;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes one safetensors file with random content as the safetensors library lays it out: wider types first, names in
 * order, the header filled with spaces to a multiple of 8 bytes. One buffer of a megabyte is all the memory it takes.
 */
final class SafetensorsWriter {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Comparator<PlannedTensor> ORDER = Comparator.comparing(
                    (PlannedTensor tensor) -> -tensor.dtype().bytes())
            .thenComparing(PlannedTensor::name);

    private final long seed;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    SafetensorsWriter(long seed) {
        this.seed = seed;
    }

    void write(Path file, List<PlannedTensor> tensors) throws IOException {
        List<PlannedTensor> ordered = tensors.stream().sorted(ORDER).toList();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            writeFully(channel, header(ordered));
            for (PlannedTensor tensor : ordered) {
                RandomValues values = new RandomValues(seed, tensor);
                for (long left = tensor.bytes(); left > 0; left -= buffer.limit()) {
                    buffer.clear().limit((int) Math.min(BUFFER_BYTES, left));
                    values.fill(buffer);
                    writeFully(channel, buffer.flip());
                }
            }
        }
    }

    private static ByteBuffer header(List<PlannedTensor> tensors) {
        ObjectNode root = MAPPER.createObjectNode();
        root.putObject("__metadata__").put("format", "pt");
        long offset = 0;
        for (PlannedTensor tensor : tensors) {
            ObjectNode entry = root.putObject(tensor.name());
            entry.put("dtype", tensor.dtype().name());
            ArrayNode shape = entry.putArray("shape");
            tensor.shape().forEach(shape::add);
            entry.putArray("data_offsets").add(offset).add(offset + tensor.bytes());
            offset += tensor.bytes();
        }
        byte[] json = MAPPER.writeValueAsString(root).getBytes(StandardCharsets.UTF_8);
        int length = (json.length + 7) / 8 * 8;
        ByteBuffer header = ByteBuffer.allocate(Long.BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(length).put(json);
        while (header.hasRemaining()) {
            header.put((byte) ' ');
        }
        return header.flip();
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
