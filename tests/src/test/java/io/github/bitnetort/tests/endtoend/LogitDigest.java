package io.github.bitnetort.tests.endtoend;

import ai.onnxruntime.OrtEnvironment;
import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.GenerationOptions;
import io.github.bitnetort.generate.GenerationOptions.EndOfSequence;
import io.github.bitnetort.generate.GenerationResult;
import io.github.bitnetort.generate.Generator;
import io.github.bitnetort.generate.Logits;
import io.github.bitnetort.generate.ModelOptions;
import io.github.bitnetort.generate.SamplingOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;

/** Prints a digest of a model's logits, by their bits, and of tokens that it generates. */
final class LogitDigest {
    static final String PREFIX = "digest ";

    private LogitDigest() {}

    /** @param args the model's folder, and the number of threads */
    public static void main(String[] args) throws Exception {
        OrtEnvironment.getEnvironment().setTelemetry(false);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        ModelOptions options = ModelOptions.defaults().withThreads(Integer.parseInt(args[1]));
        try (BitNetModel model = BitNetModel.open(Path.of(args[0]), options);
                Generator generator = model.generator()) {
            add(digest, model.logits(ids(model, 1, 300)));
            long[][] rows = {ids(model, 2, 200), ids(model, 3, 200)};
            long[][] mask = new long[2][200];
            for (int i = 0; i < 200; i++) {
                mask[0][i] = 1;
                mask[1][i] = i < 77 ? 0 : 1;
            }
            add(digest, model.logits(rows, mask));
            GenerationOptions sampled = GenerationOptions.greedy(60)
                    .withEndOfSequence(EndOfSequence.IGNORE)
                    .withSampling(SamplingOptions.temperature(1, 5));
            GenerationResult result = generator.generate(ids(model, 4, 150), sampled);
            result.tokenIds()
                    .forEach(token -> digest.update(ByteBuffer.allocate(8).putLong(0, token)));
        }
        System.out.println(PREFIX + HexFormat.of().formatHex(digest.digest()));
    }

    private static long[] ids(BitNetModel model, int seed, int count) {
        return new Random(seed).longs(count, 0, model.vocabSize()).toArray();
    }

    private static void add(MessageDigest digest, Logits logits) {
        ByteBuffer bits = ByteBuffer.allocate(Float.BYTES * logits.values().limit());
        bits.asFloatBuffer().put(logits.values().duplicate().rewind());
        digest.update(bits);
    }
}
