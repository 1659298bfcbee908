package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.BitMatMulNodes;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.Packing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts CustomBitMatMul nodes where BitLinear layers were found. */
final class GraphEditor {
    /** Split takes its sizes as an input from this version on. */
    private static final long SPLIT_INPUT_OPSET = 13;

    private final OnnxModel model;
    private final ElementTypeInference types;
    private final UniqueNames names;
    private final Packing packing;
    private final boolean bias;
    private final Map<List<Object>, List<String>> constants = new HashMap<>();
    private final Map<String, String> sizes = new HashMap<>();

    /** @param bias whether every node gets a bias, zeros where its layers have none */
    GraphEditor(OnnxModel model, GraphView view, ElementTypeInference types, Packing packing, boolean bias) {
        this.model = model;
        this.types = types;
        this.names = new UniqueNames(view);
        this.packing = packing;
        this.bias = bias;
    }

    /** Layers that read the same value in the same graph belong together, unless none are to be merged. */
    static List<LayerGroup> groups(List<BitLinearMatch> matches, boolean merge) {
        if (!merge) {
            return matches.stream().map(match -> new LayerGroup(List.of(match))).toList();
        }
        Map<List<Object>, List<BitLinearMatch>> groups = new LinkedHashMap<>();
        for (BitLinearMatch match : matches) {
            List<Object> key = List.of(
                    match.end().output().scope(),
                    match.x(),
                    match.activation().activation(),
                    match.end().flat());
            groups.computeIfAbsent(key, any -> new ArrayList<>()).add(match);
        }
        return groups.values().stream().map(LayerGroup::new).toList();
    }

    /** Replaces the ends of the layers by one node; what led there stays, for others may need it. */
    void replace(LayerGroup group) {
        List<Node> nodes = group.scope().nodes();
        List<Node> ends = group.layers().stream()
                .map(layer -> GraphView.producer(layer.end().output()))
                .toList();
        int at = ends.stream().mapToInt(nodes::indexOf).min().orElseThrow();
        List<Node> added = new ArrayList<>();
        for (NodeProto proto : newNodes(group)) {
            added.add(new Node(proto, group.scope(), ends.get(0).order()));
        }
        nodes.removeAll(ends);
        nodes.addAll(at, added);
        group.scope().redefine(added);
    }

    private List<NodeProto> newNodes(LayerGroup group) {
        String name = names.unique(group.name());
        List<NodeProto> nodes = new ArrayList<>();
        List<String> inputs = new ArrayList<>();
        String x = asFloat(group.x(), name, nodes);
        inputs.add(group.flat() ? flattened(x, group, name, nodes) : x);
        inputs.addAll(
                constants.computeIfAbsent(group.key(), key -> group.addConstants(model, names, name, packing, bias)));
        List<BitLinearMatch> layers = group.layers();
        List<NodeProto> casts = new ArrayList<>();
        List<String> results =
                layers.stream().map(layer -> result(layer, name, casts)).toList();
        boolean single = layers.size() == 1;
        String y = single ? results.get(0) : names.unique(name + "/output");
        nodes.add(node(OnnxOperator.CUSTOM_BIT_MAT_MUL, name, inputs, List.of(y))
                .addAllAttribute(BitMatMulNodes.attributes(group.spec(packing)))
                .build());
        if (!single) {
            nodes.add(split(names.unique(name + "/Split"), y, group.rowCounts(), results));
        }
        nodes.addAll(casts);
        return nodes;
    }

    private String asFloat(Ref x, String name, List<NodeProto> nodes) {
        DataType type = types.of(x);
        if (type == DataType.FLOAT || type == DataType.UNDEFINED) {
            return x.name();
        }
        String cast = names.unique(name + "/input_float");
        nodes.add(cast(cast, x.name(), cast, DataType.FLOAT));
        return cast;
    }

    /** The rows of x as a matrix. */
    private String flattened(String x, LayerGroup group, String name, List<NodeProto> nodes) {
        long k = group.layers().get(0).weights().k();
        String shape = sizes.computeIfAbsent("rows of " + k, key -> longs("rows_of_" + k, -1, k));
        String rows = names.unique(name + "/rows");
        nodes.add(node(OnnxOperator.RESHAPE, rows, List.of(x, shape), List.of(rows))
                .build());
        return rows;
    }

    /** A new constant. */
    private String longs(String name, long... values) {
        String added = names.unique(name);
        model.graph().addInitializer(Initializer.inline(Tensors.longs(added, new long[] {values.length}, values)));
        return added;
    }

    /** The name that the op's output gets: the replaced value's, unless that has another type. */
    private String result(BitLinearMatch layer, String name, List<NodeProto> casts) {
        Ref output = layer.end().output();
        DataType type = types.of(output);
        if (type == DataType.FLOAT || type == DataType.UNDEFINED) {
            return output.name();
        }
        String wide = names.unique(output.name() + "/float");
        casts.add(cast(names.unique(name + "/Cast"), wide, output.name(), type));
        return wide;
    }

    private NodeProto split(String name, String y, long[] rows, Collection<String> outputs) {
        if (model.opset(OnnxOperator.ONNX_DOMAIN) < SPLIT_INPUT_OPSET) {
            return node(OnnxOperator.SPLIT, name, List.of(y), outputs)
                    .addAttribute(Attributes.of("axis", -1))
                    .addAttribute(Attributes.of("split", rows))
                    .build();
        }
        String list = sizes.computeIfAbsent(
                Arrays.toString(rows),
                key -> longs(
                        "split_sizes_"
                                + String.join(
                                        "_",
                                        Arrays.stream(rows)
                                                .mapToObj(Long::toString)
                                                .toList()),
                        rows));
        return node(OnnxOperator.SPLIT, name, List.of(y, list), outputs)
                .addAttribute(Attributes.of("axis", -1))
                .build();
    }

    private static NodeProto cast(String name, String from, String to, DataType type) {
        AttributeProto target = Attributes.to(type);
        return node(OnnxOperator.CAST, name, List.of(from), List.of(to))
                .addAttribute(target)
                .build();
    }

    private static NodeProto.Builder node(
            OnnxOperator operator, String name, Collection<String> inputs, Collection<String> outputs) {
        return NodeProto.newBuilder()
                .setName(name)
                .setDomain(operator.domain())
                .setOpType(operator.opType())
                .addAllInput(inputs)
                .addAllOutput(outputs);
    }
}
