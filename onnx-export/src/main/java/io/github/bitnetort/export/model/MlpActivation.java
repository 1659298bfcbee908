package io.github.bitnetort.export.model;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.Operators;
import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.OnnxOperator;
import java.util.Arrays;
import java.util.List;

/** The MLP's activation functions, under transformers' names. */
enum MlpActivation {
    RELU2("relu2") {
        @Override
        String add(GraphBuilder graph, Operators operators, String name, String x) {
            String relu = graph.add(OnnxOperator.RELU, name + "/relu", List.of(x));
            return graph.add(OnnxOperator.MUL, name, List.of(relu, relu));
        }
    },
    RELU("relu") {
        @Override
        String add(GraphBuilder graph, Operators operators, String name, String x) {
            return graph.add(OnnxOperator.RELU, name, List.of(x));
        }
    },
    SILU("silu", "swish") {
        @Override
        String add(GraphBuilder graph, Operators operators, String name, String x) {
            if (operators == Operators.ORT) {
                return graph.add(OnnxOperator.QUICK_GELU, name, List.of(x), Attributes.of("alpha", 1f));
            }
            String sigmoid = graph.add(OnnxOperator.SIGMOID, name + "/sigmoid", List.of(x));
            return graph.add(OnnxOperator.MUL, name, List.of(x, sigmoid));
        }
    },
    /** x · ½ · (1 + erf(x / √2)). */
    GELU("gelu", "gelu_python") {
        @Override
        String add(GraphBuilder graph, Operators operators, String name, String x) {
            String scaled = times(graph, name + "/scaled", x, (float) Math.sqrt(0.5));
            String erf = graph.add(OnnxOperator.ERF, name + "/erf", List.of(scaled));
            return halfTimesOnePlus(graph, name, x, erf);
        }
    },
    /** x · ½ · (1 + tanh(√(2/π) · (x + 0.044715 · x³))). */
    GELU_TANH("gelu_pytorch_tanh", "gelu_new", "gelu_fast", "gelu_python_tanh", "gelu_accurate") {
        @Override
        String add(GraphBuilder graph, Operators operators, String name, String x) {
            String square = graph.add(OnnxOperator.MUL, name + "/square", List.of(x, x));
            String cube = graph.add(OnnxOperator.MUL, name + "/cube", List.of(square, x));
            String term = times(graph, name + "/term", cube, 0.044715f);
            String sum = graph.add(OnnxOperator.ADD, name + "/sum", List.of(x, term));
            String scaled = times(graph, name + "/scaled", sum, (float) Math.sqrt(2 / Math.PI));
            String tanh = graph.add(OnnxOperator.TANH, name + "/tanh", List.of(scaled));
            return halfTimesOnePlus(graph, name, x, tanh);
        }
    };

    private final List<String> names;

    MlpActivation(String... names) {
        this.names = List.of(names);
    }

    /** Adds the function of {@code x}; its output is named {@code name}. */
    abstract String add(GraphBuilder graph, Operators operators, String name, String x);

    /** @throws ExportException where the configuration names another */
    static MlpActivation of(ModelConfig config) {
        return Arrays.stream(values())
                .filter(activation -> activation.names.contains(config.activation()))
                .findFirst()
                .orElseThrow(() -> ExportException.of(
                        config.file(),
                        "hidden_act",
                        config.activation(),
                        "one of "
                                + Arrays.stream(values())
                                        .flatMap(activation -> activation.names.stream())
                                        .toList()));
    }

    private static String times(GraphBuilder graph, String name, String x, float factor) {
        return graph.add(OnnxOperator.MUL, name, List.of(x, graph.scalar(factor)));
    }

    private static String halfTimesOnePlus(GraphBuilder graph, String name, String x, String y) {
        String half = times(graph, name + "/half", x, 0.5f);
        String plusOne = graph.add(OnnxOperator.ADD, name + "/plus_one", List.of(y, graph.scalar(1f)));
        return graph.add(OnnxOperator.MUL, name, List.of(half, plusOne));
    }
}
