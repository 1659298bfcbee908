package io.github.bitnetort.tests.conformance;

import io.github.bitnetort.export.ProgressListener;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.tests.op.RowsCase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes all cases of all ops for {@code ort_cases}, which runs them where no Java is at hand: models without the portable body,
 * so that they run with the op library or not at all, and ONNX Runtime for 64-bit ARM out of its Maven artifact.
 */
public final class PlainCaseFiles {
    private static final String RUNTIME = "/ai/onnxruntime/native/linux-aarch64/libonnxruntime.so";

    private PlainCaseFiles() {}

    /** @param args the folder, whose content is replaced */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        CaseFiles.delete(folder);
        Files.createDirectories(folder);
        List<String> lines = new ArrayList<>();
        for (RowsCase given : AllCases.fromXToY()) {
            lines.add(write(folder, "case-" + lines.size(), given));
        }
        Files.write(folder.resolve("cases.tsv"), lines);
        try (InputStream runtime = PlainCaseFiles.class.getResourceAsStream(RUNTIME)) {
            if (runtime == null) {
                throw new IOException("found no " + RUNTIME + " on the class path, wanted that of onnxruntime's jar");
            }
            Files.copy(runtime, folder.resolve("libonnxruntime.so"));
        }
        System.out.println(lines.size() + " conformance cases in " + folder);
    }

    private static String write(Path folder, String name, RowsCase given) throws IOException {
        ModelWriter.write(
                given.model(false),
                folder.resolve(name + ".onnx"),
                ModelWriter.Storage.EXTERNAL,
                ProgressListener.NONE);
        Files.write(folder.resolve(name + ".x"), bytes(given.x()));
        Files.write(folder.resolve(name + ".y"), bytes(given.expected()));
        String shape = Arrays.stream(given.shape(given.inputWidth()))
                .mapToObj(Long::toString)
                .collect(Collectors.joining(","));
        return String.join("\t", name + ".onnx", name + ".x", name + ".y", shape, given.toString());
    }

    private static byte[] bytes(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }
}
