package io.github.bitnetort.generate;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The inputs and outputs of a decoder graph with KV cache, read from its session: {@code input_ids} and
 * {@code attention_mask}, for each layer {@code past_key_values.N.key|value} [batch, kvHeads, past, headDim] and
 * {@code present.N.key|value}, and {@code logits} [batch, seq, vocab].
 *
 * @param layers number of layers
 * @param kvHeads heads of the KV cache
 * @param headDim floats a head has for one position
 * @param vocabSize logits a position has
 * @param sharedCache whether past and present may be one buffer of a fixed capacity; else present is as long as past
 *     and new tokens together
 * @param chunkedBatches whether several sequences may take several tokens each into a cache that holds some
 * @param withoutLogits what the attention mask says of a token whose logits are not wanted; empty where the graph gives
 *     logits for every token
 */
record ModelSignature(
        int layers,
        int kvHeads,
        int headDim,
        int vocabSize,
        boolean sharedCache,
        boolean chunkedBatches,
        OptionalLong withoutLogits) {
    static final String INPUT_IDS = "input_ids";
    static final String ATTENTION_MASK = "attention_mask";
    static final String LOGITS = "logits";

    private static final String CACHE_PROPERTY = "bitnet.kv_cache";
    private static final String SHARED_CACHE = "shared";
    private static final String ATTENTION_PROPERTY = "bitnet.attention";
    private static final String CUSTOM_ATTENTION = "custom";
    private static final String WITHOUT_LOGITS_PROPERTY = "bitnet.attention_mask.without_logits";

    private static final List<String> PARTS = List.of("key", "value");

    /** Names of the cache inputs in the order in which {@link #presentNames()} has their outputs. */
    List<String> pastNames() {
        return cacheNames(layers, "past_key_values.");
    }

    List<String> presentNames() {
        return cacheNames(layers, "present.");
    }

    /** Floats that one sequence's cache of one layer's keys (or values) holds for one position. */
    int floatsPerPosition() {
        return kvHeads * headDim;
    }

    /**
     * @throws IllegalArgumentException when the graph is another one; names the input or output
     */
    static ModelSignature of(OrtSession session) throws OrtException {
        Map<String, NodeInfo> inputs = session.getInputInfo();
        Map<String, NodeInfo> outputs = session.getOutputInfo();
        int layers = (int) inputs.keySet().stream()
                .filter(name -> name.matches("past_key_values\\.\\d+\\.key"))
                .count();
        tensor("input", inputs, INPUT_IDS, OnnxJavaType.INT64, 2);
        tensor("input", inputs, ATTENTION_MASK, OnnxJavaType.INT64, 2);
        long[] logits = tensor("output", outputs, LOGITS, OnnxJavaType.FLOAT, 3);
        long[] cache = tensor("input", inputs, "past_key_values.0.key", OnnxJavaType.FLOAT, 4);
        Map<String, String> properties = session.getMetadata().getCustomMetadata();
        boolean shared = SHARED_CACHE.equals(properties.get(CACHE_PROPERTY));
        ModelSignature signature = new ModelSignature(
                layers,
                known("past_key_values.0.key", cache, 1),
                known("past_key_values.0.key", cache, 3),
                known(LOGITS, logits, 2),
                shared,
                // GroupQueryAttention takes several rows of several tokens into an empty cache only.
                !shared || CUSTOM_ATTENTION.equals(properties.get(ATTENTION_PROPERTY)),
                withoutLogits(properties.get(WITHOUT_LOGITS_PROPERTY)));
        signature.checkCaches("input", signature.pastNames(), inputs);
        signature.checkCaches("output", signature.presentNames(), outputs);
        Set<String> unknown = new HashSet<>(inputs.keySet());
        unknown.removeAll(signature.pastNames());
        unknown.removeAll(List.of(INPUT_IDS, ATTENTION_MASK));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("inputs " + unknown + ": found in the graph, wanted none but "
                    + INPUT_IDS + ", " + ATTENTION_MASK + " and past_key_values.N.key|value");
        }
        return signature;
    }

    private static OptionalLong withoutLogits(String value) {
        if (value == null) {
            return OptionalLong.empty();
        }
        if (!value.matches("[1-9]\\d{0,17}")) {
            throw new IllegalArgumentException(
                    "metadata " + WITHOUT_LOGITS_PROPERTY + ": found \"" + value + "\", wanted a positive integer");
        }
        return OptionalLong.of(Long.parseLong(value));
    }

    private void checkCaches(String kind, List<String> names, Map<String, NodeInfo> infos) {
        for (String name : names) {
            long[] shape = tensor(kind, infos, name, OnnxJavaType.FLOAT, 4);
            if (shape[1] != kvHeads || shape[3] != headDim) {
                throw new IllegalArgumentException(kind + " " + name + ": found kvHeads " + shape[1] + " and headDim "
                        + shape[3] + ", wanted " + kvHeads + " and " + headDim + " as in layer 0");
            }
        }
    }

    private static long[] tensor(String kind, Map<String, NodeInfo> infos, String name, OnnxJavaType type, int rank) {
        NodeInfo info = infos.get(name);
        String wanted = ", wanted a tensor of " + type + " with rank " + rank;
        if (info == null) {
            throw new IllegalArgumentException(kind + " " + name + ": found none" + wanted);
        }
        if (!(info.getInfo() instanceof TensorInfo tensor) || tensor.type != type || tensor.getShape().length != rank) {
            throw new IllegalArgumentException(kind + " " + name + ": found " + info.getInfo() + wanted);
        }
        return tensor.getShape();
    }

    private static int known(String name, long[] shape, int axis) {
        if (shape[axis] < 1 || shape[axis] > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    name + ": dimension " + axis + ": found " + shape[axis] + ", wanted a fixed size");
        }
        return (int) shape[axis];
    }

    private static List<String> cacheNames(int layers, String prefix) {
        return IntStream.range(0, layers)
                .boxed()
                .flatMap(layer -> PARTS.stream().map(part -> prefix + layer + "." + part))
                .toList();
    }
}
