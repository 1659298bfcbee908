package io.github.bitnetort.export.graph;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.onnx.GraphProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.ValueInfoProto;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The main graph of a model, open for changes: nodes in topological order, inputs, outputs, initializers by name. */
public final class OnnxGraph {
    /** What has no field of its own here. */
    private final GraphProto rest;

    private final List<NodeProto> nodes = new ArrayList<>();
    private final List<ValueInfoProto> inputs = new ArrayList<>();
    private final List<ValueInfoProto> outputs = new ArrayList<>();
    private final List<ValueInfoProto> valueInfos = new ArrayList<>();
    private final Map<String, Initializer> initializers = new LinkedHashMap<>();

    /** An empty graph. */
    public OnnxGraph(String name) {
        this(GraphProto.newBuilder().setName(name).build());
    }

    OnnxGraph(GraphProto proto) {
        rest = proto.toBuilder()
                .clearNode()
                .clearInput()
                .clearOutput()
                .clearValueInfo()
                .clearInitializer()
                .build();
        nodes.addAll(proto.getNodeList());
        inputs.addAll(proto.getInputList());
        outputs.addAll(proto.getOutputList());
        valueInfos.addAll(proto.getValueInfoList());
    }

    /** The graph's name, which nothing refers to. */
    public String name() {
        return rest.getName();
    }

    /** The nodes; the list may be changed. */
    public List<NodeProto> nodes() {
        return nodes;
    }

    /** The inputs; the list may be changed. */
    public List<ValueInfoProto> inputs() {
        return inputs;
    }

    /** The outputs; the list may be changed. */
    public List<ValueInfoProto> outputs() {
        return outputs;
    }

    /** What is said of the types of other values; the list may be changed. */
    public List<ValueInfoProto> valueInfos() {
        return valueInfos;
    }

    /** The initializers in their order. */
    public Collection<Initializer> initializers() {
        return Collections.unmodifiableCollection(initializers.values());
    }

    /** The initializer of that name, if there is one. */
    public Optional<Initializer> initializer(String name) {
        return Optional.ofNullable(initializers.get(name));
    }

    /** @throws ExportException where there is one of that name */
    public void addInitializer(Initializer initializer) {
        if (initializers.putIfAbsent(initializer.name(), initializer) != null) {
            throw new ExportException("initializer " + initializer.name() + ": found two, wanted distinct names");
        }
    }

    /** Removes an initializer, if there is one of that name; nodes that read it are the caller's. */
    public void removeInitializer(String name) {
        initializers.remove(name);
    }

    /** The graph without initializers, in the file's form. */
    GraphProto.Builder toProto() {
        return rest.toBuilder()
                .addAllNode(nodes)
                .addAllInput(inputs)
                .addAllOutput(outputs)
                .addAllValueInfo(valueInfos);
    }
}
