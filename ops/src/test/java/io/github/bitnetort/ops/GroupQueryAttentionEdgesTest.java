package io.github.bitnetort.ops;

import static io.github.bitnetort.ops.ScalarGroupQueryAttentionTest.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.ops.RandomAttention.Result;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupQueryAttentionEdgesTest {
    private static final float ODD_NAN = Float.intBitsToFloat(0xffc12345);

    private final RandomAttention random = new RandomAttention(23);
    private final GroupQueryAttentionProblem problem = random.problem(2, 2, 16);

    /** Columns in front of the row's first, those behind its last, and tokens that come later in the same run. */
    @Test
    void whatATokenDoesNotReadStaysOut() {
        GroupQueryAttentionInputs clean = random.joined(problem, 3, 10, 7, 2);
        GroupQueryAttentionInputs dirty = clean.withOwnCache();
        float[] query = clean.query().clone();
        for (int head = 0; head < 2; head++) {
            for (int column : new int[] {0, 1, 7, 8, 9}) {
                Arrays.fill(dirty.pastKey(), (head * 10 + column) * 16, (head * 10 + column + 1) * 16, ODD_NAN);
                Arrays.fill(dirty.pastValue(), (head * 10 + column) * 16, (head * 10 + column + 1) * 16, Float.NaN);
            }
        }
        int width = problem.spec().joinedWidth();
        Arrays.fill(query, 2 * width, 3 * width, ODD_NAN);
        Result result = RandomAttention.run(
                problem, GroupQueryAttentionInputs.joined(3, query, dirty.pastKey(), dirty.pastValue(), 10, 7, 2));
        float[] expected = RandomAttention.run(problem, clean).y();
        Arrays.fill(expected, 2 * 32, 3 * 32, Float.NaN);
        assertSameBits(expected, result.y());
        for (int d = 0; d < 16; d++) {
            assertEquals(0x7fc00000, Float.floatToRawIntBits(result.presentKey()[6 * 16 + d]), "a new column");
            assertEquals(0x7fc00000, Float.floatToRawIntBits(result.presentValue()[6 * 16 + d]), "a new column");
            assertEquals(Float.floatToRawIntBits(ODD_NAN), Float.floatToRawIntBits(result.presentKey()[d]), "copied");
        }
    }

    @Test
    void aKeyThatIsNoNumberMakesItsHeadNaNFromItsTokenOn() {
        GroupQueryAttentionInputs inputs = random.joined(problem, 3, 0, 3, 0);
        float[] expected = RandomAttention.run(problem, inputs).y();
        inputs.query()[problem.spec().joinedWidth() + 2 * 16] = ODD_NAN;
        Arrays.fill(expected, 32, 48, Float.NaN);
        Arrays.fill(expected, 64, 80, Float.NaN);
        assertSameBits(expected, RandomAttention.run(problem, inputs).y());
    }

    @Test
    void anInfiniteValueTouchesItsElementAlone() {
        GroupQueryAttentionInputs inputs = random.joined(problem, 2, 0, 2, 0);
        float[] expected = RandomAttention.run(problem, inputs).y();
        inputs.query()[4 * 16 + 3] = Float.POSITIVE_INFINITY;
        expected[3] = Float.POSITIVE_INFINITY;
        expected[32 + 3] = Float.POSITIVE_INFINITY;
        assertSameBits(expected, RandomAttention.run(problem, inputs).y());
    }

    @Test
    void nothingMayBeNew() {
        GroupQueryAttentionInputs inputs = random.joined(problem, 0, 4, 3, 1);
        Result result = RandomAttention.run(problem, inputs);
        assertEquals(0, result.y().length);
        assertSameBits(inputs.pastKey(), result.presentKey());
        assertEquals(
                0, RandomAttention.run(problem, random.joined(problem, 2, 4, 3)).y().length);
    }

    @Test
    void expIsWithinTwoUnitsOfTheLastPlace() {
        for (int i = 0; i <= 870_000; i++) {
            float x = -i * 1e-4f;
            double exact = Math.exp(x);
            double unit = Math.ulp((float) exact);
            assertEquals(exact, ScalarGroupQueryAttention.exp(x), 2 * unit, () -> "x " + x);
        }
    }

    @Test
    void expHasEnds() {
        assertEquals(1f, ScalarGroupQueryAttention.exp(0f));
        assertEquals(1f, ScalarGroupQueryAttention.exp(-0f));
        assertTrue(ScalarGroupQueryAttention.exp(-87f) > 0);
        assertEquals(0, Float.floatToRawIntBits(ScalarGroupQueryAttention.exp(Math.nextDown(-87f))));
        assertEquals(0, Float.floatToRawIntBits(ScalarGroupQueryAttention.exp(Float.NEGATIVE_INFINITY)));
        assertTrue(Float.isNaN(ScalarGroupQueryAttention.exp(Float.NaN)));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 16, 1, num_heads: found 0",
        "65537, 1, 16, 1, 'num_heads: found 65537, wanted 1..65536'",
        "4, 3, 16, 1, 'num_heads: found 4, wanted a multiple of kv_num_heads 3'",
        "4, 8, 16, 1, kv_num_heads: found 8",
        "4, 2, 24, 1, 'head_dim: found 24, wanted a multiple of 16'",
        "4, 2, 528, 1, 'head_dim: found 528, wanted 16..512'",
        "4, 2, 16, 0, scale: found 0.0",
        "4, 2, 16, NaN, scale: found NaN",
        "4, 2, 16, Infinity, scale: found Infinity"
    })
    void attributesAreChecked(int heads, int kvHeads, int headDim, float scale, String says) {
        var error = assertThrows(
                IllegalArgumentException.class, () -> new GroupQueryAttentionSpec(heads, kvHeads, headDim, scale));
        assertTrue(error.getMessage().contains(says), error.getMessage());
        assertFalse(GroupQueryAttentionSpec.supports(24));
    }

    @Test
    void tablesAreChecked() {
        GroupQueryAttentionSpec spec = new GroupQueryAttentionSpec(2, 2, 16, 1);
        assertSays("cos: found length 12", () -> new GroupQueryAttentionProblem(spec, new float[12], new float[12]));
        assertSays("cos: found length 0", () -> new GroupQueryAttentionProblem(spec, new float[0], new float[0]));
        assertSays(
                "sin: found length 8, wanted 16",
                () -> new GroupQueryAttentionProblem(spec, new float[16], new float[8]));
    }

    @ParameterizedTest
    @CsvSource({
        "3, 4, 2, 0, 'total: found 2, wanted 3..64'",
        "3, 4, 65, 0, 'total: found 65, wanted 3..64'",
        "3, 4, 8, 0, capacity: found 4",
        "3, 4, 6, 7, 'padding[0]: found 7, wanted 0..6'",
        "3, 4, 6, -1, padding[0]: found -1"
    })
    void numbersAreChecked(int tokens, int capacity, int total, long padding, String says) {
        GroupQueryAttentionInputs inputs = random.joined(problem, tokens, capacity, total, padding);
        assertSays(says, () -> RandomAttention.run(problem, inputs));
    }

    @Test
    void lengthsAreChecked() {
        float[] none = new float[0];
        float[] query = new float[32];
        assertSays(
                "query: found length 32", () -> inputs(query, null, null, none).check(problem));
        assertSays("key: found length 0", () -> inputs(query, none, query, none).check(problem));
        assertSays(
                "value: found length 0", () -> inputs(query, query, none, none).check(problem));
        assertSays("found one of them", () -> inputs(query, query, null, none).check(problem));
        assertSays(
                "past_key: found length 1",
                () -> inputs(query, query, query, new float[1]).check(problem));
        GroupQueryAttentionInputs good = inputs(query, query, query, none);
        assertSays("Y: found length 0", () -> ScalarGroupQueryAttention.compute(problem, good, none, query, query));
        assertSays(
                "present_value: found length 0",
                () -> ScalarGroupQueryAttention.compute(problem, good, query, query, none));
    }

    private static GroupQueryAttentionInputs inputs(float[] query, float[] key, float[] value, float[] past) {
        return new GroupQueryAttentionInputs(1, query, key, value, past, past, 0, 1, new long[1]);
    }

    private static void assertSays(String says, org.junit.jupiter.api.function.Executable executable) {
        var error = assertThrows(IllegalArgumentException.class, executable);
        assertTrue(error.getMessage().contains(says), error.getMessage());
    }
}
