package io.github.bitnetort.cli;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * Feeds a graph of any kind with one sequence of tokens: ids, a mask of ones, positions from 0 and an empty cache by their
 * names; other float inputs get normally distributed numbers, as many rows as there are tokens.
 */
final class ProbeInputs {
    private static final String CACHE = "past";
    private static final long SEED = 1;

    private final OrtEnvironment environment;
    private final long[] ids;

    ProbeInputs(OrtEnvironment environment, long[] ids) {
        this.environment = environment;
        this.ids = ids.clone();
    }

    /** The caller closes the tensors. */
    Map<String, OnnxTensor> of(OrtSession session) throws OrtException {
        Random random = new Random(SEED);
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        for (Map.Entry<String, NodeInfo> input : session.getInputInfo().entrySet()) {
            TensorInfo info = (TensorInfo) input.getValue().getInfo();
            inputs.put(input.getKey(), tensor(input.getKey(), info, random));
        }
        return inputs;
    }

    private OnnxTensor tensor(String name, TensorInfo info, Random random) throws OrtException {
        if (info.type == OnnxJavaType.INT64) {
            return OnnxTensor.createTensor(environment, LongBuffer.wrap(tokens(name)), new long[] {1, ids.length});
        }
        if (info.type != OnnxJavaType.FLOAT) {
            throw new IllegalArgumentException(
                    "input " + name + ": found " + info.type + ", wanted int64 tokens or float numbers");
        }
        long[] shape = name.contains(CACHE) ? cacheShape(info) : floatShape(info);
        float[] values = new float[Math.toIntExact(LongStream.of(shape).reduce(1, Math::multiplyExact))];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
    }

    private long[] tokens(String name) {
        long[] values = new long[ids.length];
        if (name.contains("mask")) {
            Arrays.fill(values, 1);
        } else if (name.contains("position")) {
            Arrays.setAll(values, i -> i);
        } else if (name.contains("ids") && !name.contains("type")) {
            return ids;
        }
        return values;
    }

    /** One sequence, no position yet. */
    private static long[] cacheShape(TensorInfo info) {
        long[] shape = info.getShape();
        boolean first = true;
        for (int i = 0; i < shape.length; i++) {
            if (shape[i] < 0) {
                shape[i] = first ? 1 : 0;
                first = false;
            }
        }
        return shape;
    }

    /** The last unknown dimension holds the tokens, those before it are 1. */
    private long[] floatShape(TensorInfo info) {
        long[] shape = info.getShape();
        boolean last = true;
        for (int i = shape.length - 1; i >= 0; i--) {
            if (shape[i] < 0) {
                shape[i] = last ? ids.length : 1;
                last = false;
            }
        }
        return shape;
    }
}
