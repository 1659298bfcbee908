package io.github.bitnetort.generate;

import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.GraphProto;
import io.github.bitnetort.export.onnx.ModelProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.OperatorSetIdProto;
import io.github.bitnetort.export.onnx.TensorProto;
import io.github.bitnetort.export.onnx.TensorShapeProto;
import io.github.bitnetort.export.onnx.TypeProto;
import io.github.bitnetort.export.onnx.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Writes a decoder graph whose next token is known exactly: (FACTOR · sum of all tokens so far) mod VOCAB. The tokens are
 * remembered in the KV cache alone, in every layer, head and lane with another weight, so a wrong cache gives a wrong
 * token. It has the exporter's inputs and outputs and needs no custom op.
 */
final class CountingModel {
    static final int LAYERS = 2;
    static final int HEADS = 2;
    static final int HEAD_DIM = 3;
    static final int VOCAB = 301;

    /** 6 lanes in each of 4 caches, whose weights are 1, 2, 3 and 4. */
    private static final int FACTOR = HEADS * HEAD_DIM * (1 + 2 + 3 + 4);

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("counting");

    /** Writes model.onnx and config.json. */
    static void write(Path folder, String config) throws IOException {
        Files.write(folder.resolve("model.onnx"), new CountingModel().build().toByteArray());
        Files.writeString(folder.resolve("config.json"), config);
    }

    /** What the model continues these tokens with. */
    static long[] continuation(long[] prompt, int count) {
        long sum = Arrays.stream(prompt).sum();
        long[] tokens = new long[count];
        for (int i = 0; i < count; i++) {
            tokens[i] = FACTOR * sum % VOCAB;
            sum += tokens[i];
        }
        return tokens;
    }

    private ModelProto build() {
        input(tensorInfo("input_ids", TensorProto.DataType.INT64, "batch", "seq"));
        input(tensorInfo("attention_mask", TensorProto.DataType.INT64, "batch", "total"));
        node("Cast", "ids", cast(), "input_ids");
        node("Unsqueeze", "ids4", null, "ids", longs("axes13", 1, 3));
        String[] sums = new String[2 * LAYERS];
        for (int i = 0; i < sums.length; i++) {
            String name = (i / 2) + (i % 2 == 0 ? ".key" : ".value");
            sums[i] = cache("past_key_values." + name, "present." + name, i + 1);
        }
        node("Sum", "remembered", null, sums);
        node("Cast", "mask", cast(), "attention_mask");
        node("Mul", "masked", null, "remembered", "mask");
        node("CumSum", "running", null, "masked", longs("axis1"));
        node("Shape", "shape", null, "input_ids");
        node("Gather", "seq", null, "shape", longs("one", 1));
        node("Neg", "start", null, "seq");
        node("Slice", "new", null, "running", "start", longs("end", Long.MAX_VALUE), "one");
        node("Mod", "next", attribute("fmod", 1), "new", floats("vocab", new long[] {}, VOCAB));
        node("Unsqueeze", "next3", null, "next", longs("axis2", 2));
        float[] ids = new float[VOCAB];
        IntStream.range(0, VOCAB).forEach(i -> ids[i] = i);
        node("Sub", "distance", null, "next3", floats("tokens", new long[] {VOCAB}, ids));
        node("Abs", "far", null, "distance");
        node("Neg", "logits", null, "far");
        graph.addOutput(tensorInfo("logits", TensorProto.DataType.FLOAT, "batch", "seq", (long) VOCAB));
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(18))
                .setGraph(graph)
                .build();
    }

    private String cache(String past, String present, float weight) {
        float[] weights = new float[HEADS * HEAD_DIM];
        Arrays.fill(weights, weight);
        input(cacheInfo(past, "past"));
        graph.addOutput(cacheInfo(present, "total"));
        node(
                "Mul",
                present + ".new",
                null,
                "ids4",
                floats(present + ".weight", new long[] {1, HEADS, 1, HEAD_DIM}, weights));
        node("Concat", present, attribute("axis", 2), past, present + ".new");
        AttributeProto drop = attribute("keepdims", 0);
        node("ReduceSum", present + ".sum", drop, present, "axes13");
        return present + ".sum";
    }

    private static ValueInfoProto cacheInfo(String name, String positions) {
        return tensorInfo(name, TensorProto.DataType.FLOAT, "batch", (long) HEADS, positions, (long) HEAD_DIM);
    }

    private void input(ValueInfoProto info) {
        graph.addInput(info);
    }

    private void node(String op, String output, AttributeProto attribute, String... inputs) {
        NodeProto.Builder node = NodeProto.newBuilder()
                .setOpType(op)
                .setName(output)
                .addAllInput(List.of(inputs))
                .addOutput(output);
        if (attribute != null) {
            node.addAttribute(attribute);
        }
        graph.addNode(node);
    }

    private String longs(String name, long... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.INT64_VALUE)
                .addAllInt64Data(Arrays.stream(values.length == 0 ? new long[] {1} : values)
                        .boxed()
                        .toList());
        if (values.length > 0) {
            tensor.addDims(values.length);
        }
        graph.addInitializer(tensor);
        return name;
    }

    private String floats(String name, long[] dims, float... values) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT_VALUE);
        Arrays.stream(dims).forEach(tensor::addDims);
        for (float value : values) {
            tensor.addFloatData(value);
        }
        graph.addInitializer(tensor);
        return name;
    }

    private static AttributeProto cast() {
        return attribute("to", TensorProto.DataType.FLOAT_VALUE);
    }

    private static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    private static ValueInfoProto tensorInfo(String name, TensorProto.DataType type, Object... dims) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object dim : dims) {
            TensorShapeProto.Dimension.Builder dimension = shape.addDimBuilder();
            if (dim instanceof Long size) {
                dimension.setDimValue(size);
            } else {
                dimension.setDimParam((String) dim);
            }
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.getNumber())
                                .setShape(shape)))
                .build();
    }
}
