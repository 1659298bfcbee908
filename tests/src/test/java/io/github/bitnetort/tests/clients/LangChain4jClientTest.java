package io.github.bitnetort.tests.clients;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.langchain4j.model.embedding.onnx.OnnxEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.PoolingMode;
import io.github.bitnetort.export.GraphRewriter;
import io.github.bitnetort.export.ProgressListener;
import io.github.bitnetort.export.RewriteOptions;
import io.github.bitnetort.runtime.BitNetOps;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An encoder with BitLinear layers, as torch.onnx exports it and rewritten, in LangChain4j's {@code OnnxEmbeddingModel}. That
 * takes no session options, so the portable body runs; its embeddings are compared with torch's, and with the op library's.
 */
class LangChain4jClientTest {
    /** Six in each of two layers. */
    private static final int BITLINEAR_LAYERS = 12;

    /** Of numbers whose squares add up to 1; torch divides what it has quantized before it multiplies, the op after. */
    private static final float TORCH_TOLERANCE = 1e-5f;

    /** The layers give the same bits; ONNX Runtime may fuse what is around them in other ways. */
    private static final float LIBRARY_TOLERANCE = 1e-6f;

    private static final Path FIXTURE = Path.of("fixtures", "bitnet-encoder");
    private static final Path TOKENIZER = FIXTURE.resolve("tokenizer.json");

    @TempDir
    static Path folder;

    private static Path rewritten;
    private static JsonNode reference;

    @BeforeAll
    static void rewrite() throws Exception {
        rewritten = folder.resolve("encoder.onnx");
        int layers = GraphRewriter.rewrite(
                        FIXTURE.resolve("encoder.onnx"), rewritten, RewriteOptions.DEFAULT, ProgressListener.NONE)
                .layers();
        assertEquals(BITLINEAR_LAYERS, layers);
        reference = JsonMapper.shared().readTree(Files.readAllBytes(FIXTURE.resolve("reference.json")));
    }

    @Test
    void sameEmbeddingsAsTorch() {
        OnnxEmbeddingModel model = new OnnxEmbeddingModel(rewritten, TOKENIZER, PoolingMode.MEAN);
        for (JsonNode row : reference) {
            String text = row.get("text").asString();
            assertArrayEquals(
                    floats(row.get("embedding")), model.embed(text).content().vector(), TORCH_TOLERANCE, text);
        }
    }

    @Test
    void sameEmbeddingsAsTheOpLibrary() throws Exception {
        OnnxEmbeddingModel model = new OnnxEmbeddingModel(rewritten, TOKENIZER, PoolingMode.MEAN);
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            BitNetOps.register(options);
            try (OrtSession session = OrtEnvironment.getEnvironment().createSession(rewritten.toString(), options)) {
                for (JsonNode row : reference) {
                    String text = row.get("text").asString();
                    float[] wanted = embedding(session, longs(row.get("input_ids")));
                    assertArrayEquals(wanted, model.embed(text).content().vector(), LIBRARY_TOLERANCE, text);
                }
            }
        }
    }

    /** The mean of the last hidden states, of length 1. */
    private static float[] embedding(OrtSession session, long[] ids) throws OrtException {
        long[] ones = new long[ids.length];
        Arrays.fill(ones, 1);
        try (OnnxTensor tokens = tensor(ids);
                OnnxTensor mask = tensor(ones);
                OnnxTensor types = tensor(new long[ids.length]);
                OrtSession.Result result =
                        session.run(Map.of("input_ids", tokens, "attention_mask", mask, "token_type_ids", types))) {
            return normalized(mean(((float[][][]) result.get(0).getValue())[0]));
        }
    }

    private static OnnxTensor tensor(long[] row) throws OrtException {
        return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), new long[][] {row});
    }

    private static float[] mean(float[][] rows) {
        float[] mean = new float[rows[0].length];
        for (float[] row : rows) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += row[i] / rows.length;
            }
        }
        return mean;
    }

    private static float[] normalized(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        float[] normalized = new float[vector.length];
        for (int i = 0; i < vector.length; i++) {
            normalized[i] = (float) (vector[i] / Math.sqrt(squares));
        }
        return normalized;
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).floatValue();
        }
        return values;
    }

    private static long[] longs(JsonNode array) {
        long[] values = new long[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).longValue();
        }
        return values;
    }
}
