package io.github.bitnetort.tests.loading;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.runtime.BitNetOps;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** A process of its own that opens a model, runs it once, and prints how its memory grew. */
final class WeightMemoryProbe {
    /** Growth in bytes: of pages that belong to no file, and of resident pages of files. */
    record Result(long anonymousGrowth, long fileGrowth) {
        static Result parse(String line) {
            String[] parts = line.strip().split(" ");
            return new Result(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
        }
    }

    private record Memory(long anonymous, long resident) {
        static Memory now() throws IOException {
            long anonymous = -1;
            long resident = -1;
            for (String line : Files.readAllLines(Path.of("/proc/self/smaps_rollup"))) {
                String[] parts = line.split("\\s+");
                switch (parts[0]) {
                    case "Anonymous:" -> anonymous = 1024 * Long.parseLong(parts[1]);
                    case "Rss:" -> resident = 1024 * Long.parseLong(parts[1]);
                    default -> {}
                }
            }
            return new Memory(anonymous, resident);
        }

        long fileBacked() {
            return resident - anonymous;
        }
    }

    private WeightMemoryProbe() {}

    public static void main(String[] args) throws Exception {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        BitNetOps.getLibraryPath();
        float[] x = new float[Integer.parseInt(args[1])];
        Arrays.fill(x, 0.25f);
        Memory before = Memory.now();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            BitNetOps.register(options);
            try (OrtSession session = environment.createSession(args[0], options);
                    OnnxTensor input =
                            OnnxTensor.createTensor(environment, FloatBuffer.wrap(x), new long[] {1, x.length});
                    OrtSession.Result result = session.run(Map.of("X", input))) {
                Memory after = Memory.now();
                System.out.println(
                        (after.anonymous - before.anonymous) + " " + (after.fileBacked() - before.fileBacked()));
            }
        }
    }
}
