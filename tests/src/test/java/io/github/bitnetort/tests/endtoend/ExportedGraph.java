package io.github.bitnetort.tests.endtoend;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.github.bitnetort.generate.Logits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * A graph of {@code fixtures/onnx}, as PyTorch exported it from a checkpoint of {@code fixtures}.
 *
 * @param name such as {@code rand-h128.dynamo18}: the checkpoint, and how it was exported
 */
record ExportedGraph(String name) {
    private static final Path FOLDER = Path.of("fixtures", "onnx");
    private static final Path TARGET = Path.of("target", "rewritten");
    private static final String SUFFIX = ".onnx.gz";

    static List<ExportedGraph> all() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(SUFFIX))
                    .map(file -> new ExportedGraph(file.substring(0, file.length() - SUFFIX.length())))
                    .sorted((a, b) -> a.name.compareTo(b.name))
                    .toList();
        }
    }

    Fixture checkpoint() {
        return new Fixture(name.substring(0, name.indexOf('.')));
    }

    /** The graph, unpacked. */
    Path file() throws IOException {
        Path file = TARGET.resolve(name + ".onnx");
        Files.createDirectories(TARGET);
        try (InputStream in = new GZIPInputStream(Files.newInputStream(FOLDER.resolve(name + SUFFIX)))) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }

    /** Where a rewritten graph may be written; nothing is there. */
    Path place(String kind) throws IOException {
        Path file = TARGET.resolve(name + "." + kind + ".onnx");
        Files.createDirectories(TARGET);
        Files.deleteIfExists(file);
        return file;
    }

    /** The logits of prompts of one length; whatever else the graph takes says that there is nothing before them. */
    static Logits logits(OrtSession session, long[][] prompts) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensor> inputs = new HashMap<>();
        int batch = prompts.length;
        int length = prompts[0].length;
        long[] ids = Arrays.stream(prompts).flatMapToLong(Arrays::stream).toArray();
        long[] ones = new long[ids.length];
        Arrays.fill(ones, 1);
        Map<String, long[]> values = Map.of(
                "input_ids", ids,
                "attention_mask", ones,
                "position_ids",
                        LongStream.range(0, ids.length).map(i -> i % length).toArray());
        try {
            for (String input : session.getInputNames()) {
                inputs.put(
                        input,
                        values.containsKey(input)
                                ? OnnxTensor.createTensor(
                                        environment, LongBuffer.wrap(values.get(input)), new long[] {batch, length})
                                : emptyPast(environment, batch, (TensorInfo)
                                        session.getInputInfo().get(input).getInfo()));
            }
            try (OrtSession.Result result = session.run(inputs)) {
                OnnxTensor logits = (OnnxTensor) result.get(0);
                long[] shape = logits.getInfo().getShape();
                FloatBuffer copy = logits.getFloatBuffer();
                return new Logits((int) shape[0], (int) shape[1], (int) shape[2], copy);
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private static OnnxTensor emptyPast(OrtEnvironment environment, int batch, TensorInfo type) throws OrtException {
        long[] shape = type.getShape().clone();
        shape[0] = batch;
        shape[2] = 0;
        return OnnxTensor.createTensor(environment, FloatBuffer.allocate(0), shape);
    }

    @Override
    public String toString() {
        return name;
    }
}
