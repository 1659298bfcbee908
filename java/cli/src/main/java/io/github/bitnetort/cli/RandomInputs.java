package io.github.bitnetort.cli;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.ModelReader;
import io.github.bitnetort.export.graph.OnnxGraph;
import io.github.bitnetort.export.onnx.NodeProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Inputs for a model that say something about it: token ids within the vocabulary, masks of ones, positions that follow
 * what came before, and normally distributed floats. The same model gives the same inputs.
 */
final class RandomInputs {
    private static final long SEED = 1;
    private static final int BATCH = 1;
    private static final int PAST = 3;
    private static final int LENGTH = 8;

    private final Map<String, Integer> sizes;
    private final Map<String, Long> vocabularies;
    private final Random random = new Random(SEED);
    private boolean cached;

    /** @param sizes of free dimensions, by name, where the caller knows better */
    private RandomInputs(Map<String, Integer> sizes, Map<String, Long> vocabularies) {
        this.sizes = sizes;
        this.vocabularies = vocabularies;
    }

    /**
     * Inputs for a session of that model file; the caller closes them.
     *
     * @throws IllegalArgumentException where no dimension has a name that a size is given for
     */
    static Map<String, OnnxTensor> of(Path model, OrtSession session, Map<String, Integer> sizes)
            throws IOException, OrtException {
        checkNames(model, session, sizes.keySet());
        RandomInputs inputs = new RandomInputs(sizes, vocabularies(model));
        inputs.cached = session.getInputNames().stream().anyMatch(RandomInputs::isPast);
        Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
        for (NodeInfo input : session.getInputInfo().values()) {
            if (!(input.getInfo() instanceof TensorInfo type)) {
                throw new IllegalStateException("input " + input.getName() + ": found no tensor, wanted one");
            }
            tensors.put(input.getName(), inputs.tensor(input.getName(), type));
        }
        return tensors;
    }

    private static void checkNames(Path model, OrtSession session, Set<String> wanted) throws OrtException {
        Set<String> free = new TreeSet<>();
        for (NodeInfo input : session.getInputInfo().values()) {
            if (input.getInfo() instanceof TensorInfo type) {
                for (String name : type.getDimensionNames()) {
                    Arrays.stream(name.split("\\+")).map(String::strip).forEach(free::add);
                }
            }
        }
        free.remove("");
        for (String name : wanted) {
            if (!free.contains(name)) {
                throw new IllegalArgumentException(
                        model + ": found no free dimension " + name + ", wanted one of " + free);
            }
        }
    }

    /** For inputs that pick rows of constants: how many there are. */
    private static Map<String, Long> vocabularies(Path model) throws IOException {
        Map<String, Long> found = new HashMap<>();
        try (ModelReader reader = ModelReader.open(model)) {
            OnnxGraph graph = reader.model().graph();
            for (NodeProto node : graph.nodes()) {
                if (node.getOpType().equals("Gather") && node.getInputCount() == 2) {
                    graph.initializer(node.getInput(0))
                            .map(Initializer::dims)
                            .filter(dims -> !dims.isEmpty())
                            .ifPresent(dims -> found.merge(node.getInput(1), dims.get(0), Math::min));
                }
            }
        }
        return found;
    }

    private static boolean isPast(String name) {
        return name.toLowerCase(Locale.ROOT).startsWith("past");
    }

    private OnnxTensor tensor(String name, TensorInfo type) throws OrtException {
        long[] shape = type.getShape().clone();
        String[] names = type.getDimensionNames();
        for (int axis = 0; axis < shape.length; axis++) {
            if (shape[axis] < 0) {
                shape[axis] = size(name, axis, axis < names.length ? names[axis] : "");
            }
        }
        long count = 1;
        for (long dim : shape) {
            count *= dim;
        }
        ByteBuffer values = ByteBuffer.allocateDirect(Math.toIntExact(count * type.type.size))
                .order(ByteOrder.nativeOrder());
        int last = shape.length == 0 ? 1 : (int) Math.max(1, shape[shape.length - 1]);
        for (int i = 0; i < count; i++) {
            put(values, name, type.type, i % last);
        }
        return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), values.flip(), shape, type.type);
    }

    /** A size that the user gave, the sum that a name spells out, or one that fits what dimensions are called. */
    private int size(String input, int axis, String name) {
        if (sizes.containsKey(name)) {
            return sizes.get(name);
        }
        if (name.contains("+")) {
            int sum = 0;
            for (String part : name.split("\\+")) {
                String term = part.strip();
                sum += term.matches("\\d+") ? Integer.parseInt(term) : size(input, -1, term);
            }
            return sum;
        }
        String lower = name.toLowerCase(Locale.ROOT);
        boolean mask = input.toLowerCase(Locale.ROOT).contains("mask");
        if (lower.contains("batch") || axis == 0) {
            return BATCH;
        }
        if (lower.contains("total") || mask && cached && axis == 1) {
            return cached ? PAST + LENGTH : LENGTH;
        }
        return lower.contains("past") || isPast(input) ? PAST : LENGTH;
    }

    private void put(ByteBuffer values, String name, OnnxJavaType type, int position) {
        String lower = name.toLowerCase(Locale.ROOT);
        switch (type) {
            case FLOAT -> values.putFloat((float) random.nextGaussian());
            case DOUBLE -> values.putDouble(random.nextGaussian());
            case FLOAT16 ->
                values.putShort(ai.onnxruntime.platform.Fp16Conversions.floatToFp16((float) random.nextGaussian()));
            case BFLOAT16 -> values.putShort((short) (Float.floatToRawIntBits((float) random.nextGaussian()) >>> 16));
            case INT64 -> values.putLong(integer(name, lower, position));
            case INT32 -> values.putInt((int) integer(name, lower, position));
            case BOOL -> values.put((byte) 1);
            default ->
                throw new IllegalStateException(
                        "input " + name + ": found type " + type + ", wanted floating point, int32, int64 or bool");
        }
    }

    private long integer(String name, String lower, int position) {
        if (lower.contains("mask")) {
            return 1;
        }
        if (lower.contains("position")) {
            return position + (cached ? PAST : 0);
        }
        return (long) (random.nextDouble() * vocabularies.getOrDefault(name, 2L));
    }
}
