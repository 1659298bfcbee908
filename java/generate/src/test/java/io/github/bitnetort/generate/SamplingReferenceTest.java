package io.github.bitnetort.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Against what Hugging Face's logits processors make of the same logits: tests/python/make_sampling_references.py. */
class SamplingReferenceTest {
    /** Hugging Face computes in float32. */
    private static final double TOLERANCE = 1e-6;

    static List<JsonNode> cases() throws IOException {
        try (InputStream in = SamplingReferenceTest.class.getResourceAsStream("/sampling.json")) {
            JsonNode root = new JsonMapper().readTree(in.readAllBytes());
            return StreamSupport.stream(root.spliterator(), false).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void sameTokensWithTheSameProbabilities(JsonNode test) {
        Sampler sampler = new Sampler(options(test.get("options")));
        sampler.observe(
                test.get("seen").valueStream().mapToLong(JsonNode::asLong).toArray());
        double[] wanted = doubles(test.get("probabilities"));
        Distribution distribution = sampler.distribution(logits(test));
        double[] found = new double[wanted.length];
        for (int rank = 0; rank < distribution.size(); rank++) {
            found[distribution.id(rank)] = distribution.probability(rank);
        }
        for (int id = 0; id < wanted.length; id++) {
            assertEquals(wanted[id] == 0, found[id] == 0, "token " + id + " is kept");
        }
        assertArrayEquals(wanted, found, TOLERANCE);
    }

    @Test
    void theRepetitionPenaltyChangesTheGreedyChoice() {
        Sampler sampler = new Sampler(SamplingOptions.greedy().withRepetitionPenalty(2));
        FloatBuffer logits = FloatBuffer.wrap(new float[] {3, 2, -1, 1.4f});
        assertEquals(0, sampler.next(logits));
        assertEquals(1, sampler.next(logits), "0 is chosen already");
        assertEquals(0, sampler.next(logits), "1.5 is more than 1.4 and 1");
        Sampler told = new Sampler(SamplingOptions.greedy().withRepetitionPenalty(2));
        told.observe(0, 1);
        assertEquals(0, told.next(logits));
        assertEquals(3, logits.get(0), "the logits themselves stay as they are");
    }

    private static SamplingOptions options(JsonNode options) {
        return new SamplingOptions(
                options.path("temperature").asDouble(1),
                options.path("top_k").asInt(0),
                options.path("top_p").asDouble(1),
                options.path("min_p").asDouble(0),
                options.path("repetition_penalty").asDouble(1),
                1);
    }

    private static FloatBuffer logits(JsonNode test) {
        double[] values = doubles(test.get("logits"));
        FloatBuffer logits = FloatBuffer.allocate(values.length);
        for (int i = 0; i < values.length; i++) {
            logits.put(i, (float) values[i]);
        }
        return logits;
    }

    private static double[] doubles(JsonNode array) {
        return array.valueStream().mapToDouble(JsonNode::asDouble).toArray();
    }
}
