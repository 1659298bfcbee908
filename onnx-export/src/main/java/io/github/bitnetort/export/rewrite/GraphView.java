package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.OnnxGraph;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.TypeProto;
import io.github.bitnetort.export.onnx.ValueInfoProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** All graphs of a model, and who reads which value. */
final class GraphView {
    /** From this IR version on, an initializer that is an input too is a default that callers may replace. */
    private static final int INITIALIZERS_NEED_NO_INPUT = 4;

    private final OnnxModel model;
    private final Scope main;
    private final Map<Ref, List<Node>> consumers = new HashMap<>();
    private final Set<Ref> outputs = new HashSet<>();

    GraphView(OnnxModel model) {
        this.model = model;
        this.main = Scope.main(model.graph(), new AtomicInteger());
        index(main);
    }

    private void index(Scope scope) {
        scope.outputs().forEach(output -> outputs.add(scope.resolve(output)));
        for (Node node : scope.nodes()) {
            for (Ref input : node.inputs()) {
                if (input != null) {
                    consumers.computeIfAbsent(input, key -> new ArrayList<>()).add(node);
                }
            }
            node.subgraphs().forEach(this::index);
        }
    }

    Scope main() {
        return main;
    }

    /** All nodes of all graphs, in order of computation. */
    Stream<Node> nodes() {
        return nodes(main);
    }

    private static Stream<Node> nodes(Scope scope) {
        return scope.nodes().stream()
                .flatMap(node -> Stream.concat(node.subgraphs().stream().flatMap(GraphView::nodes), Stream.of(node)));
    }

    /** The node that computes a value, or null for inputs and initializers. */
    static Node producer(Ref value) {
        return value.scope().producer(value.name());
    }

    /** The nodes that a value is computed by from constants. */
    Set<Node> constantNodes(Ref value) {
        Set<Node> nodes = new HashSet<>();
        Deque<Ref> values = new ArrayDeque<>(List.of(value));
        while (!values.isEmpty()) {
            Node node = producer(values.remove());
            if (node != null && nodes.add(node)) {
                node.inputs().stream().filter(Objects::nonNull).forEach(values::add);
            }
        }
        return nodes;
    }

    /** The nodes that read a value, one entry for each time. */
    List<Node> consumers(Ref value) {
        return consumers.getOrDefault(value, List.of());
    }

    /** Whether a value is an output of a graph. */
    boolean isOutput(Ref value) {
        return outputs.contains(value);
    }

    /** The initializer that a value is, or null; one that callers may replace is none. */
    Initializer constant(Ref value) {
        return isReplaceable(value) ? null : value.scope().initializer(value.name());
    }

    /** Whether a value is an initializer that callers may replace by an input. */
    boolean isReplaceable(Ref value) {
        return value.scope().isInput(value.name())
                && value.scope().initializer(value.name()) != null
                && model.irVersion() >= INITIALIZERS_NEED_NO_INPUT;
    }

    /** The shape that the model states for a value, or null. */
    static int[] dims(Ref value) {
        Initializer initializer = value.scope().initializer(value.name());
        if (initializer != null) {
            return initializer.dims().stream().mapToInt(Math::toIntExact).toArray();
        }
        TypeProto.Tensor type = tensorType(value);
        if (type == null
                || !type.hasShape()
                || type.getShape().getDimList().stream().anyMatch(dim -> !dim.hasDimValue())) {
            return null;
        }
        return type.getShape().getDimList().stream()
                .mapToInt(dim -> Math.toIntExact(dim.getDimValue()))
                .toArray();
    }

    /** The rank that the model states for a value. */
    static OptionalInt rank(Ref value) {
        Initializer constant = value.scope().initializer(value.name());
        if (constant != null) {
            return OptionalInt.of(constant.dims().size());
        }
        TypeProto.Tensor type = tensorType(value);
        return type == null || !type.hasShape()
                ? OptionalInt.empty()
                : OptionalInt.of(type.getShape().getDimCount());
    }

    /** The tensor type that the model states for a value, or null. */
    static TypeProto.Tensor tensorType(Ref value) {
        ValueInfoProto info = value.scope().type(value.name());
        return info == null || !info.getType().hasTensorType()
                ? null
                : info.getType().getTensorType();
    }

    /** Puts the graphs, as they were changed, into the model. */
    void store() {
        OnnxGraph graph = model.graph();
        List<NodeProto> nodes = main.nodes().stream().map(Node::rebuild).toList();
        graph.nodes().clear();
        graph.nodes().addAll(nodes);
        Set<String> removed = main.removed();
        removed.forEach(graph::removeInitializer);
        graph.valueInfos().removeIf(value -> removed.contains(value.getName()));
        if (model.irVersion() < INITIALIZERS_NEED_NO_INPUT) {
            graph.inputs().removeIf(value -> removed.contains(value.getName()));
        }
    }
}
