package io.github.bitnetort.tests.conformance;

import io.github.bitnetort.export.ProgressListener;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.runtime.BitNetOps;
import io.github.bitnetort.tests.op.RowsCase;
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
        for (RowsCase given : AllCases.fromXToY()) {
            index.add(write("case-" + index.size(), given));
        }
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("library", BitNetOps.getLibraryPath().toString());
        root.put("cases", index);
        Files.write(folder.resolve("index.json"), JsonMapper.shared().writeValueAsBytes(root));
        return index.size();
    }

    private Map<String, Object> write(String name, RowsCase given) throws IOException {
        boolean external = given.weightBytes() >= EXTERNAL_BYTES;
        ModelWriter.write(
                given.model(true),
                folder.resolve(name + ".onnx"),
                external ? ModelWriter.Storage.EXTERNAL : ModelWriter.Storage.INLINE,
                ProgressListener.NONE);
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("op", given.opType());
        entry.put("replay", given.toString());
        entry.put("model", name + ".onnx");
        entry.put("x", floats(name + ".x", given.x()));
        entry.put("x_shape", given.shape(given.inputWidth()));
        entry.put("y", floats(name + ".y", given.expected()));
        entry.put("y_shape", given.shape(given.outputWidth()));
        entry.put("portable", given.isPortable());
        float[] tolerance = tolerance(given);
        if (tolerance != null) {
            entry.put("body_tolerance", floats(name + ".tolerance", tolerance));
        }
        return entry;
    }

    /** For each element of Y; null where the function body must give each bit, or promises nothing. */
    private static float[] tolerance(RowsCase given) {
        int count = given.expected().length;
        if (!given.isPortable() || count == 0 || given.tolerance(0, 0) < 0) {
            return null;
        }
        float[] tolerance = new float[count];
        for (int i = 0; i < count; i++) {
            tolerance[i] = Math.nextUp((float) given.tolerance(0, i));
        }
        return tolerance;
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
