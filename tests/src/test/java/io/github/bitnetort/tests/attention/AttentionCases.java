package io.github.bitnetort.tests.attention;

import io.github.bitnetort.ops.GroupQueryAttentionInputs;
import io.github.bitnetort.ops.GroupQueryAttentionProblem;
import io.github.bitnetort.ops.GroupQueryAttentionSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * All cases of CustomGroupQueryAttention: edges of each size, decode and chunks on caches of any capacity, batches with
 * padding, scores of every spread, and numbers that are not finite.
 */
final class AttentionCases {
    private static final int POSITIONS = 640;
    private static final int[] ODD = {0x7fc00000, 0xffc12345, 0x7f800001, 0x7f800000, 0xff800000};

    /** H, G, D: heads that stand alone, groups of every size, and the widths of published models. */
    private static final int[][] HEADS = {
        {1, 1, 16},
        {2, 2, 32},
        {4, 1, 48},
        {6, 2, 64},
        {3, 1, 80},
        {8, 2, 96},
        {4, 1, 128},
        {5, 5, 16},
        {7, 1, 32},
        {2, 1, 256},
        {1, 1, 512}
    };

    /** S, cached tokens, unused columns of the cache. */
    private static final int[][] RUNS = {
        {1, 0, 0}, {1, 0, 1}, {1, 1, 0}, {1, 14, 3}, {1, 15, 1}, {1, 16, 1}, {1, 31, 40}, {1, 32, 0}, {1, 130, 1},
        {2, 0, 0}, {2, 15, 2}, {3, 30, 9}, {5, 0, 5}, {8, 3, 0}, {15, 17, 15}, {16, 16, 16}, {17, 0, 0}, {33, 48, 40}
    };

    private final List<AttentionCase> cases = new ArrayList<>();

    private AttentionCases() {}

    static List<AttentionCase> all() {
        AttentionCases all = new AttentionCases();
        for (int[] heads : HEADS) {
            for (int[] run : RUNS) {
                all.add(heads, run, true, 0);
            }
            all.add(heads, new int[] {1, 20, 1}, false, 0, 3);
            all.add(heads, new int[] {19, 20, 30}, false, 0, 0, 25);
            all.add(heads, new int[] {4, 7, 4}, true, 0, 3, 9, 11);
            all.add(heads, new int[] {0, 7, 4}, true, 2);
            all.add(heads, new int[] {3, 7, 4}, true);
        }
        // Several tasks, and tables nearly used up.
        all.add(new int[] {20, 5, 128}, new int[] {128, 128, 0}, true, 0);
        all.add(new int[] {20, 5, 128}, new int[] {1, 600, 30}, true, 0);
        all.add(new int[] {20, 5, 128}, new int[] {1, 600, 30}, false, 0);
        all.add(new int[] {8, 2, 64}, new int[] {70, 569, 71}, true, 0, 100);
        all.add(new int[] {8, 2, 64}, new int[] {1, 639, 1}, true, 0, 639, 640, 17);
        all.add(new int[] {4, 2, 32}, new int[] {200, 0, 0}, false, 0, 150);
        return all.cases;
    }

    /** Every other case has keys and values apart. */
    private void add(int[] heads, int[] run, boolean finite, long... padding) {
        Random random = new Random(cases.size());
        GroupQueryAttentionProblem problem = problem(heads, random);
        GroupQueryAttentionSpec spec = problem.spec();
        int tokens = run[0];
        int total = run[1] + tokens;
        int capacity = run[1] + run[2];
        int rows = padding.length * tokens;
        float spread = new float[] {1, 0.01f, 6, 1}[random.nextInt(4)];
        boolean joined = cases.size() % 2 == 0;
        float[] query = values(random, rows * (joined ? spec.joinedWidth() : spec.queryWidth()), spread);
        float[] key = joined ? null : values(random, rows * spec.kvWidth(), spread);
        float[] value = joined ? null : values(random, rows * spec.kvWidth(), 1);
        float[] pastKey = values(random, padding.length * spec.kvWidth() * capacity, spread);
        float[] pastValue = values(random, pastKey.length, 1);
        if (!finite) {
            spoil(random, query);
            spoil(random, pastKey);
            spoil(random, pastValue);
        }
        GroupQueryAttentionInputs inputs =
                new GroupQueryAttentionInputs(tokens, query, key, value, pastKey, pastValue, capacity, total, padding);
        cases.add(new AttentionCase(problem, inputs, finite));
    }

    private static GroupQueryAttentionProblem problem(int[] heads, Random random) {
        float scale = random.nextBoolean() ? (float) Math.pow(heads[2], -0.5) : 0.3f;
        return new GroupQueryAttentionProblem(
                new GroupQueryAttentionSpec(heads[0], heads[1], heads[2], scale),
                RotaryTables.cos(POSITIONS, heads[2]),
                RotaryTables.sin(POSITIONS, heads[2]));
    }

    private static float[] values(Random random, int count, float spread) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = switch (random.nextInt(50)) {
                case 0 -> random.nextBoolean() ? 0f : -0f;
                case 1 -> (float) random.nextGaussian() * 1e-39f;
                default -> (float) random.nextGaussian() * spread;
            };
        }
        return values;
    }

    /** Some numbers become NaNs and infinities, so few that other heads and tokens stay finite. */
    private static void spoil(Random random, float[] values) {
        for (int i = 0; i < values.length; i += 997) {
            values[i + random.nextInt(Math.min(997, values.length - i))] =
                    Float.intBitsToFloat(ODD[random.nextInt(ODD.length)]);
        }
    }
}
