package io.github.bitnetort.tests.bench.attention;

import ai.onnxruntime.OrtException;
import io.github.bitnetort.ops.GroupQueryAttentionInputs;
import io.github.bitnetort.ops.GroupQueryAttentionSpec;
import io.github.bitnetort.ops.ScalarGroupQueryAttention;
import io.github.bitnetort.tests.conformance.BitDifference;
import java.util.Arrays;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Whether what was measured was also right: ours to the oracle's last bit for the first and the last token, others near
 * to ours everywhere, and no cache changed but for the new columns.
 */
final class AttentionVerification {
    /**
     * Of outputs from standard normal inputs: tens of times what rounding in another order does, and less than one column
     * more or less among thousands.
     */
    private static final double TOLERANCE = 5e-5;

    private AttentionVerification() {}

    /** @throws IllegalStateException where something is wrong */
    static void verify(AttentionInputs given, Map<AttentionContender, AttentionSession> sessions) throws OrtException {
        AttentionSession own = sessions.get(AttentionContender.CUSTOM);
        float[] y = own.lastY();
        float[] keys = own.lastCache().keys();
        float[] values = own.lastCache().values();
        verifyToken(given, 0, y, keys, values);
        verifyToken(given, given.chunk().tokens() - 1, y, keys, values);
        for (AttentionSession session : sessions.values()) {
            String title = session.contender().title();
            int width = given.problem().spec().headDim();
            require(BitDifference.of(title + " Y", y, session.lastY(), width, i -> TOLERANCE));
            verifyCache(
                    title + " present_key",
                    given,
                    given.pastKey(),
                    keys,
                    session.lastCache().keys());
            verifyCache(
                    title + " present_value",
                    given,
                    given.pastValue(),
                    values,
                    session.lastCache().values());
        }
    }

    /** New columns are near to ours, and all others what they were. */
    private static void verifyCache(String name, AttentionInputs given, float[] past, float[] ours, float[] found) {
        int width = given.problem().spec().headDim();
        IntPredicate isNew = i -> {
            int column = i / width % given.capacity();
            return column >= given.chunk().cached() && column < given.chunk().total();
        };
        float[] wanted = past.clone();
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = isNew.test(i) ? ours[i] : past[i];
        }
        require(BitDifference.of(name, wanted, found, width, i -> isNew.test(i) ? TOLERANCE : -1));
    }

    /** A token has the same bits alone, behind a cache that holds those before it. */
    private static void verifyToken(AttentionInputs given, int token, float[] y, float[] keys, float[] values) {
        GroupQueryAttentionSpec spec = given.problem().spec();
        float[] query = Arrays.copyOfRange(given.query(), token * spec.joinedWidth(), (token + 1) * spec.joinedWidth());
        int column = given.chunk().cached() + token;
        GroupQueryAttentionInputs alone = GroupQueryAttentionInputs.joined(
                1,
                query,
                without(column, keys, given),
                without(column, values, given),
                given.capacity(),
                column + 1,
                0);
        float[] wanted = new float[spec.queryWidth()];
        float[] wantedKeys = new float[keys.length];
        float[] wantedValues = new float[values.length];
        ScalarGroupQueryAttention.compute(given.problem(), alone, wanted, wantedKeys, wantedValues);
        float[] found = Arrays.copyOfRange(y, token * spec.queryWidth(), (token + 1) * spec.queryWidth());
        int width = spec.headDim();
        String ours = AttentionContender.CUSTOM.title() + ", token " + token + ", ";
        require(BitDifference.of(ours + "Y", wanted, found, width, i -> -1));
        require(BitDifference.of(ours + "present_key", wantedKeys, keys, width, i -> -1));
        require(BitDifference.of(ours + "present_value", wantedValues, values, width, i -> -1));
    }

    /** A copy of a cache, in which a column is not what it should become. */
    private static float[] without(int column, float[] cache, AttentionInputs given) {
        float[] copy = cache.clone();
        int headDim = given.problem().spec().headDim();
        for (int head = 0; head < given.problem().spec().kvHeads(); head++) {
            int from = (head * given.capacity() + column) * headDim;
            Arrays.fill(copy, from, from + headDim, Float.NaN);
        }
        return copy;
    }

    private static void require(String difference) {
        if (difference != null) {
            throw new IllegalStateException(difference);
        }
    }
}
