package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.OnnxGraph;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.GraphProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** A graph as names see it: the main one, or one inside a node, which sees the values of those around it. */
final class Scope {
    private final Scope parent;
    private final GraphProto proto;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Node> producers = new HashMap<>();
    private final Map<String, Initializer> initializers = new LinkedHashMap<>();
    private final Map<String, ValueInfoProto> types = new HashMap<>();
    private final Set<String> inputs = new HashSet<>();
    private final List<String> outputs = new ArrayList<>();
    private final Set<String> removed = new HashSet<>();

    private Scope(Scope parent, GraphProto proto) {
        this.parent = parent;
        this.proto = proto;
    }

    /** The main graph; what is changed here reaches the model by {@link GraphView#store}. */
    static Scope main(OnnxGraph graph, AtomicInteger order) {
        Scope scope = new Scope(null, GraphProto.getDefaultInstance());
        graph.initializers().forEach(initializer -> scope.initializers.put(initializer.name(), initializer));
        scope.declare(graph.valueInfos(), graph.inputs(), graph.outputs());
        scope.addNodes(graph.nodes(), order);
        return scope;
    }

    private static Scope inner(Scope parent, GraphProto proto, AtomicInteger order) {
        Scope scope = new Scope(parent, proto);
        proto.getInitializerList()
                .forEach(tensor -> scope.initializers.put(tensor.getName(), Initializer.inline(tensor)));
        scope.declare(proto.getValueInfoList(), proto.getInputList(), proto.getOutputList());
        scope.addNodes(proto.getNodeList(), order);
        return scope;
    }

    private void declare(List<ValueInfoProto> values, List<ValueInfoProto> in, List<ValueInfoProto> out) {
        values.forEach(value -> types.put(value.getName(), value));
        in.forEach(value -> {
            types.put(value.getName(), value);
            inputs.add(value.getName());
        });
        out.forEach(value -> {
            types.put(value.getName(), value);
            outputs.add(value.getName());
        });
    }

    private void addNodes(List<NodeProto> protos, AtomicInteger order) {
        for (NodeProto node : protos) {
            List<List<Scope>> graphs = new ArrayList<>();
            // Before its owner: what is inside a node is computed by it.
            for (AttributeProto attribute : node.getAttributeList()) {
                List<Scope> inner = new ArrayList<>();
                if (attribute.hasG()) {
                    inner.add(inner(this, attribute.getG(), order));
                }
                attribute.getGraphsList().forEach(graph -> inner.add(inner(this, graph, order)));
                graphs.add(inner);
            }
            Node added = new Node(node, this, order.getAndIncrement());
            for (int i = 0; i < graphs.size(); i++) {
                added.subgraphs(i).addAll(graphs.get(i));
            }
            nodes.add(added);
            node.getOutputList().forEach(output -> producers.put(output, added));
        }
    }

    Scope parent() {
        return parent;
    }

    /** In topological order; may be changed. */
    List<Node> nodes() {
        return nodes;
    }

    /** The node that computes a value of this graph, or null. */
    Node producer(String name) {
        return producers.get(name);
    }

    /** Makes nodes the producers of what they put out. */
    void redefine(List<Node> added) {
        added.forEach(node -> node.proto().getOutputList().forEach(output -> producers.put(output, node)));
    }

    /** Names of inputs, outputs and constants. */
    Set<String> names() {
        Set<String> names = new HashSet<>(inputs);
        names.addAll(outputs);
        names.addAll(initializers.keySet());
        return names;
    }

    /** The constant of that name in this graph, or null. */
    Initializer initializer(String name) {
        return initializers.get(name);
    }

    Set<String> initializerNames() {
        return initializers.keySet();
    }

    boolean isInput(String name) {
        return inputs.contains(name);
    }

    List<String> outputs() {
        return outputs;
    }

    /** What the graph says of a value's type, or null. */
    ValueInfoProto type(String name) {
        return types.get(name);
    }

    /** The value that a name means here, or null for no name and for one that nothing defines. */
    Ref resolve(String name) {
        if (name.isEmpty()) {
            return null;
        }
        for (Scope scope = this; scope != null; scope = scope.parent) {
            if (scope.producers.containsKey(name)
                    || scope.initializers.containsKey(name)
                    || scope.inputs.contains(name)) {
                return new Ref(scope, name);
            }
        }
        return null;
    }

    /** Forgets a constant and what is said of a value that is no more. */
    void remove(String name) {
        removed.add(name);
        initializers.remove(name);
    }

    Set<String> removed() {
        return removed;
    }

    /** A graph inside a node, as it is now. */
    GraphProto rebuild() {
        GraphProto.Builder builder =
                proto.toBuilder().clearNode().clearInitializer().clearValueInfo();
        nodes.forEach(node -> builder.addNode(node.rebuild()));
        initializers.values().forEach(initializer -> builder.addInitializer(initializer.proto()));
        proto.getValueInfoList().stream()
                .filter(value -> !removed.contains(value.getName()))
                .forEach(builder::addValueInfo);
        return builder.build();
    }
}
