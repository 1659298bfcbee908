package io.github.bitnetort.tests.clients;

import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import io.github.bitnetort.runtime.BitNetOps;
import java.util.Arrays;

/**
 * The trained model in DJL's engine for ONNX Runtime: fails unless it finds Hugging Face's tokens.
 *
 * <p>A program of its own because the engine must be the first in a process to ask for ONNX Runtime's environment.
 */
final class DjlProgram {
    /** Of config.json: num_key_value_heads, and hidden_size by num_attention_heads. */
    private static final int HEADS = 2;

    private static final int HEAD_DIMENSION = 32;

    private DjlProgram() {}

    /** @param args {@code op-library}, else the portable body runs */
    public static void main(String[] args) throws Exception {
        Criteria.Builder<NDList, NDList> criteria = Criteria.builder()
                .setTypes(NDList.class, NDList.class)
                .optEngine("OnnxRuntime")
                .optModelPath(ClientCases.model())
                .optModelName("model");
        if (args.length > 0 && args[0].equals("op-library")) {
            criteria.optOption("customOpLibrary", BitNetOps.getLibraryPath().toString());
        }
        try (ZooModel<NDList, NDList> model = criteria.build().loadModel();
                Predictor<NDList, NDList> predictor = model.newPredictor()) {
            for (ClientCases.Prompt prompt : ClientCases.prompts()) {
                long[] found = generate(model, predictor, prompt.inputIds(), prompt.tokens().length);
                if (!Arrays.equals(found, prompt.tokens())) {
                    throw new AssertionError(prompt.text() + ": found " + Arrays.toString(found) + ", wanted "
                            + Arrays.toString(prompt.tokens()));
                }
                System.out.println(
                        "DJL: " + prompt.text() + prompt.continuation().replace('\n', ' '));
            }
        }
    }

    private static long[] generate(
            ZooModel<NDList, NDList> model, Predictor<NDList, NDList> predictor, long[] prompt, int count)
            throws Exception {
        long[] tokens = new long[count];
        try (NDManager manager = model.getNDManager().newSubManager()) {
            NDList cache = emptyCache(model, manager);
            long[] ids = prompt;
            for (int step = 0; step < count; step++) {
                NDList inputs = new NDList(cache);
                inputs.add(row(manager, "input_ids", ids));
                inputs.add(row(manager, "attention_mask", ones(prompt.length + step)));
                NDList outputs = predictor.predict(inputs);
                tokens[step] = bestOfLastRow(outputs.get("logits"));
                ids = new long[] {tokens[step]};
                cache = nextCache(outputs);
            }
        }
        return tokens;
    }

    /** An empty past: [1, heads, 0, head dimension] for each cache input. */
    private static NDList emptyCache(ZooModel<NDList, NDList> model, NDManager manager) {
        NDList cache = new NDList();
        for (String name : model.describeInput().keys()) {
            if (name.startsWith("past_key_values.")) {
                cache.add(named(manager.create(new float[0], new Shape(1, HEADS, 0, HEAD_DIMENSION)), name));
            }
        }
        return cache;
    }

    /** The present cache under the names that the next run reads it by. */
    private static NDList nextCache(NDList outputs) {
        NDList cache = new NDList();
        for (NDArray output : outputs) {
            if (output.getName().startsWith("present.")) {
                cache.add(named(output, output.getName().replace("present.", "past_key_values.")));
            }
        }
        return cache;
    }

    private static NDArray row(NDManager manager, String name, long[] values) {
        return named(manager.create(values, new Shape(1, values.length)), name);
    }

    private static NDArray named(NDArray array, String name) {
        array.setName(name);
        return array;
    }

    private static long[] ones(int length) {
        long[] ones = new long[length];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static int bestOfLastRow(NDArray logits) {
        float[] values = logits.toFloatArray();
        int best = values.length - Math.toIntExact(logits.getShape().get(2));
        int first = best;
        for (int i = first; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best - first;
    }
}
