package io.github.bitnetort.tests.conformance;

import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.runtime.BitNetOps;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes all cases of all ops for programs in other languages: {@code index.json}, and for each case a model of one node with the
 * portable function body, X and the expected Y (and, where it is not exact, the tolerance of the body), floats little-endian.
 */
public final class CaseFiles {
    /** From this many bytes on, weights lie outside the model file. */
    private static final int EXTERNAL_BYTES = 65_536;

    private final Path folder;

    private CaseFiles(Path folder) {
        this.folder = folder;
    }

    /** @param args the folder, whose content is replaced */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        delete(folder);
        Files.createDirectories(folder);
        int count = new CaseFiles(folder).write();
        System.out.println(count + " conformance cases in " + folder);
    }

    private int write() throws IOException {
        List<Map<String, Object>> index = new ArrayList<>();
        for (FileCase given : FileCase.all()) {
            index.add(write("case-" + index.size(), given));
        }
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("library", BitNetOps.getLibraryPath().toString());
        root.put("cases", index);
        Files.write(folder.resolve("index.json"), JsonMapper.shared().writeValueAsBytes(root));
        return index.size();
    }

    private Map<String, Object> write(String name, FileCase given) throws IOException {
        boolean external = given.weightBytes() >= EXTERNAL_BYTES;
        given.model()
                .write(
                        true,
                        folder.resolve(name + ".onnx"),
                        external ? ModelWriter.Storage.EXTERNAL : ModelWriter.Storage.INLINE);
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("op", given.op());
        entry.put("replay", given.replay());
        entry.put("model", name + ".onnx");
        entry.put("x", floats(name + ".x", given.x()));
        entry.put("x_shape", given.xShape());
        entry.put("y", floats(name + ".y", given.y()));
        entry.put("y_shape", given.yShape());
        entry.put("portable", given.portable());
        if (given.tolerance() != null) {
            entry.put("body_tolerance", floats(name + ".tolerance", given.tolerance()));
        }
        return entry;
    }

    private String floats(String name, float[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        Files.write(folder.resolve(name), bytes.array());
        return name;
    }

    static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
