package io.github.bitnetort.export.graph;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.ValueInfoProto;
import java.util.Arrays;

/** Builds the main graph of a model, in topological order. */
public final class GraphBuilder extends NodeBuilder {
    private final OnnxGraph graph;

    /** Adds to the model's graph, by the operator sets that the model has at each moment. */
    public GraphBuilder(OnnxModel model) {
        super(model.opsets());
        this.graph = model.graph();
    }

    /** Adds an input, and returns its name. */
    public String input(ValueInfoProto value) {
        declare(value.getName());
        graph.inputs().add(value);
        return value.getName();
    }

    /** Makes a value an output. */
    public void output(ValueInfoProto value) {
        if (!isDeclared(value.getName())) {
            throw new ExportException("output " + value.getName() + ": found no such value, wanted one of the graph's");
        }
        graph.outputs().add(value);
    }

    /** Adds a constant, and returns its name. */
    public String initializer(Initializer initializer) {
        declare(initializer.name());
        graph.addInitializer(initializer);
        return initializer.name();
    }

    /** A scalar constant, one for all who ask for the same. */
    public String scalar(float value) {
        String name = "constant/" + value;
        return isDeclared(name) ? name : initializer(Initializer.inline(Tensors.floats(name, new long[0], value)));
    }

    /** A scalar constant, one for all who ask for the same. */
    public String scalar(long value) {
        String name = "constant/" + value;
        return isDeclared(name) ? name : initializer(Initializer.inline(Tensors.longs(name, new long[0], value)));
    }

    /** A list of integers, one for all who ask for the same: axes, shapes. */
    public String list(long... values) {
        String name = "constant/" + Arrays.toString(values).replace(" ", "");
        return isDeclared(name)
                ? name
                : initializer(Initializer.inline(Tensors.longs(name, new long[] {values.length}, values)));
    }

    @Override
    void accept(NodeProto node) {
        graph.nodes().add(node);
    }
}
