package io.github.bitnetort.export;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A small graph as other exporters write them: x [rows, K] float, and whatever a test adds. */
final class LayerSketch {
    static final int K = 24;
    static final int N = 16;

    final OnnxModel model = new OnnxModel("main", "someone else", "7");
    private final Random random = new Random(5);

    LayerSketch() {
        model.opsets().put("", 18L);
        model.metadata().put("made by", "a test");
        model.graph().inputs().add(Tensors.value("x", DataType.FLOAT, "rows", K));
    }

    /** A node of one output, which has its name. */
    static NodeProto node(String operator, String output, List<String> inputs, AttributeProto... attributes) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .setName("node_" + output)
                .addAllInput(inputs)
                .addOutput(output)
                .addAllAttribute(List.of(attributes))
                .build();
    }

    LayerSketch add(String operator, String output, List<String> inputs, AttributeProto... attributes) {
        model.graph().nodes().add(node(operator, output, inputs, attributes));
        return this;
    }

    LayerSketch constant(String name, long[] dims, float... values) {
        model.graph()
                .addInitializer(
                        Initializer.streamed(name, DataType.FLOAT, dims, Tensors.data(values), Initializer.PAGE));
        return this;
    }

    LayerSketch scalar(String name, float value) {
        return constant(name, new long[0], value);
    }

    LayerSketch output(String name) {
        model.graph().outputs().add(Tensors.value(name, DataType.FLOAT, "rows", N));
        return this;
    }

    /** d = x quantized and dequantized. */
    LayerSketch quantizedX(float smallest) {
        scalar("smallest", smallest).scalar("c127", 127).scalar("low", -128);
        chain().forEach(model.graph().nodes()::add);
        return this;
    }

    static List<NodeProto> chain() {
        return List.of(
                node("Abs", "a", List.of("x")),
                node("ReduceMax", "m", List.of("a", "axes"), Attributes.of("keepdims", 1)),
                node("Clip", "mc", List.of("m", "smallest")),
                node("Reciprocal", "r", List.of("mc")),
                node("Mul", "s", List.of("r", "c127")),
                node("Mul", "xs", List.of("x", "s")),
                node("Round", "rd", List.of("xs")),
                node("Clip", "q", List.of("rd", "low", "c127")),
                node("Div", "d", List.of("q", "s")));
    }

    LayerSketch axes() {
        return axes(-1);
    }

    /** The axes of {@link #chain}'s maximum. */
    LayerSketch axes(long... axes) {
        model.graph().addInitializer(Initializer.inline(Tensors.longs("axes", new long[] {axes.length}, axes)));
        return this;
    }

    /** Ternary weights times a scale, as [K, N]. */
    float[] ternary(float scale) {
        float[] weights = new float[K * N];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (random.nextInt(3) - 1) * scale;
        }
        return weights;
    }

    Path write(Path file, ModelWriter.Storage storage) throws IOException {
        ModelWriter.write(model, file, storage, ProgressListener.NONE);
        return file;
    }
}
