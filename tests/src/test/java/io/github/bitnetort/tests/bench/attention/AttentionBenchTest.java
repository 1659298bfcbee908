package io.github.bitnetort.tests.bench.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.tests.bench.Environment;
import io.github.bitnetort.tests.bench.Figures;
import io.github.bitnetort.tests.bench.Limits;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** That the figures of {@code bench attention} are of what they are called; not how large they are. */
class AttentionBenchTest {
    private static final AttentionShape SMALL = new AttentionShape("small", 6, 2, 32);

    @ParameterizedTest
    @ValueSource(strings = {"1+0", "1+70", "9+0", "9+70", "40+3"})
    void bothComputeTheSameFromTheSame(String text) throws Exception {
        Chunk chunk = Chunk.parse(text);
        AttentionInputs inputs = AttentionInputs.random(SMALL, chunk, chunk.total() + 5);
        Map<AttentionContender, Double> medians = AttentionBench.medians(inputs, new Plan(2, 3), 2, 2);
        assertEquals(List.of(AttentionContender.values()), List.copyOf(medians.keySet()));
        assertTrue(medians.values().stream().allMatch(nanos -> nanos > 0), medians::toString);
    }

    /** A column more, and another value in the cache. */
    @Test
    void contendersThatComputeDifferentThingsAreRefused() throws Exception {
        AttentionInputs inputs = AttentionInputs.random(SMALL, new Chunk(1, 2000), 2002);
        AttentionInputs longer = AttentionInputs.random(SMALL, new Chunk(1, 2001), 2002);
        AttentionInputs other = AttentionInputs.random(SMALL, new Chunk(1, 2000), 2002);
        other.pastValue()[77] += 0.001f;
        assertRefused(inputs, inputs, longer, "GroupQueryAttention Y");
        assertRefused(inputs, inputs, other, "GroupQueryAttention present_value");
        assertRefused(inputs, other, inputs, "CustomGroupQueryAttention present_value");
    }

    private static void assertRefused(AttentionInputs given, AttentionInputs ours, AttentionInputs peers, String says)
            throws Exception {
        Plan plan = new Plan(1, 1);
        try (AttentionSession own = new AttentionSession(AttentionContender.CUSTOM, ours, plan, 1);
                AttentionSession peer = new AttentionSession(AttentionContender.ORT, peers, plan, 1)) {
            Map<AttentionContender, AttentionSession> sessions = new EnumMap<>(AttentionContender.class);
            sessions.put(AttentionContender.CUSTOM, own);
            sessions.put(AttentionContender.ORT, peer);
            var error = assertThrows(IllegalStateException.class, () -> AttentionVerification.verify(given, sessions));
            assertTrue(error.getMessage().contains(says), error::getMessage);
        }
    }

    @Test
    void shapesAreThoseOfPublishedConfigurations() throws Exception {
        assertEquals(
                List.of(
                        "2B-4T (20 heads on 5 of 128)",
                        "Falcon-E-1B (16 heads on 2 of 128)",
                        "Llama3-8B-1.58 (32 heads on 8 of 128)"),
                AttentionShape.all().stream().map(AttentionShape::toString).toList());
    }

    @Test
    void fewTokensAreStreamedAndManyAreNot() {
        AttentionShape shape = new AttentionShape("2B-4T", 20, 5, 128);
        assertEquals(5120L * 4097, shape.cacheBytes(4097));
        assertEquals(new Plan(16, 2), Plan.of(shape, new Chunk(1, 4096), 600_000_000));
        assertEquals(new Plan(16, 57), Plan.of(shape, new Chunk(1, 128), 600_000_000));
        assertEquals(new Plan(3, 1), Plan.of(shape, new Chunk(1, 4096), 60_000_000));
        assertEquals(new Plan(2, 1), Plan.of(shape, new Chunk(1, 4096), 1));
        assertEquals(new Plan(2, 1), Plan.of(shape, new Chunk(128, 4096), 600_000_000));
    }

    /** Three tokens behind two see 3, 4 and 5 columns. */
    @Test
    void operationsAreThoseOfColumnsThatAreSeen() {
        assertEquals(4.0 * 6 * 32 * (3 + 4 + 5), SMALL.operations(new Chunk(3, 2)));
    }

    @Test
    void fractionsAreOfTheMeanOfBothReads() throws Exception {
        AttentionBenchOptions options = new AttentionBenchOptions();
        options.threads = List.of(2);
        Figures figures = new Figures(Environment.read());
        AttentionReport report = new AttentionReport(figures, options);
        Chunk decode = new Chunk(1, 99); // 51,200 bytes
        Chunk prefill = new Chunk(128, 0);
        report.rows(rows(decode, 5120, 7680), limits(15), limits(25));
        report.limits(SMALL, decode, limits(15), limits(25));
        report.rows(rows(prefill, 1000, 500), null, null);
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        figures.print(true, new PrintStream(json, true, StandardCharsets.UTF_8));
        List<JsonNode> rows = new JsonMapper()
                .readTree(json.toString(StandardCharsets.UTF_8))
                .get("attention")
                .valueStream()
                .toList();
        assertEquals(4, rows.size());
        assertEquals(10, rows.get(0).get("GB/s").asDouble());
        assertEquals(0.5, rows.get(0).get("of_raw_read").asDouble());
        assertEquals(1.5, rows.get(1).get("ratio_to_CustomGroupQueryAttention").asDouble());
        assertEquals(0.5, rows.get(3).get("ratio_to_CustomGroupQueryAttention").asDouble());
        assertTrue(rows.get(3).get("of_raw_read").isNull());
        ByteArrayOutputStream table = new ByteArrayOutputStream();
        figures.print(false, new PrintStream(table, true, StandardCharsets.UTF_8));
        String text = table.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("| 1 | 99 | 2 | GroupQueryAttention | ONNX Runtime's | 7.7 | 1.5 |"), text);
        assertTrue(text.contains(" |  |  |"), text);
    }

    private static List<AttentionMeasurement> rows(Chunk chunk, double ours, double others) {
        return List.of(
                new AttentionMeasurement(SMALL, chunk, 2, AttentionContender.CUSTOM, ours),
                new AttentionMeasurement(SMALL, chunk, 2, AttentionContender.ORT, others));
    }

    private static Limits limits(double gigabytes) {
        return new Limits(List.of(
                Map.of("limit", "read_4k", "threads", "2", "value", String.valueOf(gigabytes)),
                Map.of("limit", "read_huge", "threads", "2", "value", "31")));
    }
}
