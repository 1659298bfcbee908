package io.github.bitnetort.export.graph;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.onnx.GraphProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.ValueInfoProto;

/** Builds a graph that is an attribute of a node: a Loop's body. It may read the values around it. */
public final class SubgraphBuilder extends NodeBuilder {
    private final GraphProto.Builder graph = GraphProto.newBuilder();

    /** Within a graph or function, whose values so far it sees. */
    public SubgraphBuilder(NodeBuilder outer, String name) {
        super(outer);
        graph.setName(name);
    }

    /** Adds an input, and returns its name. */
    public String input(ValueInfoProto value) {
        declare(value.getName());
        graph.addInput(value);
        return value.getName();
    }

    /** Makes a value an output. */
    public void output(ValueInfoProto value) {
        if (!isDeclared(value.getName())) {
            throw new ExportException("output " + value.getName() + ": found no such value, wanted one of the graph's");
        }
        graph.addOutput(value);
    }

    /** The graph as it is now, for an attribute of a node. */
    public GraphProto build() {
        return graph.build();
    }

    @Override
    void accept(NodeProto node) {
        graph.addNode(node);
    }
}
