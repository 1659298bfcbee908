package io.github.bitnetort.tests.loading;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.runtime.BitNetOps;
import io.github.bitnetort.runtime.WeightMemory;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A process of its own that opens a model, runs it once, closes it, and prints how its memory grew. Arguments: the model,
 * K, and a {@link WeightMemory}.
 */
final class WeightMemoryProbe {
    /** Bytes: of pages that belong to no file, those of them that are huge, and resident pages of files. */
    record Memory(long anonymous, long huge, long ofFiles) {
        static Memory now() throws IOException {
            Map<String, Long> bytes = new HashMap<>();
            for (String line : Files.readAllLines(Path.of("/proc/self/smaps_rollup"))) {
                String[] parts = line.split("\\s+");
                if (parts.length == 3 && parts[2].equals("kB")) {
                    bytes.put(parts[0], 1024 * Long.parseLong(parts[1]));
                }
            }
            long anonymous = bytes.get("Anonymous:");
            return new Memory(anonymous, bytes.get("AnonHugePages:"), bytes.get("Rss:") - anonymous);
        }

        Memory minus(Memory other) {
            return new Memory(anonymous - other.anonymous, huge - other.huge, ofFiles - other.ofFiles);
        }

        private String format() {
            return anonymous + " " + huge + " " + ofFiles;
        }

        private static Memory parse(String[] parts, int from) {
            return new Memory(
                    Long.parseLong(parts[from]), Long.parseLong(parts[from + 1]), Long.parseLong(parts[from + 2]));
        }
    }

    /** Growth while the session is open and when it has been closed, and what it computed. */
    record Result(Memory open, Memory closed, int hashOfY) {
        static Result parse(String line) {
            String[] parts = line.strip().split(" ");
            return new Result(Memory.parse(parts, 0), Memory.parse(parts, 3), Integer.parseInt(parts[6]));
        }

        private String format() {
            return open.format() + " " + closed.format() + " " + hashOfY;
        }
    }

    private WeightMemoryProbe() {}

    public static void main(String[] args) throws Exception {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        BitNetOps.getLibraryPath();
        float[] x = new float[Integer.parseInt(args[1])];
        for (int k = 0; k < x.length; k++) {
            x[k] = k % 17 - 8;
        }
        Memory before = Memory.now();
        Memory open;
        int hashOfY;
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            BitNetOps.register(options, WeightMemory.valueOf(args[2]));
            try (OrtSession session = environment.createSession(args[0], options);
                    OnnxTensor input =
                            OnnxTensor.createTensor(environment, FloatBuffer.wrap(x), new long[] {1, x.length});
                    OrtSession.Result result = session.run(Map.of("X", input))) {
                open = Memory.now().minus(before);
                hashOfY = ((OnnxTensor) result.get(0)).getFloatBuffer().hashCode();
            }
        }
        System.out.println(new Result(open, Memory.now().minus(before), hashOfY).format());
    }
}
