package io.github.bitnetort.export.graph;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.NodeProto;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Adds nodes to a graph or function, and refuses what the vocabulary or the rules of ONNX do not allow. */
abstract class NodeBuilder {
    private final Map<String, Long> opsets;
    private final Set<String> values = new HashSet<>();

    NodeBuilder(Map<String, Long> opsets) {
        this.opsets = opsets;
    }

    /** Within another: all of its values so far are known, and no name is used twice. */
    NodeBuilder(NodeBuilder outer) {
        this(outer.opsets);
        values.addAll(outer.values);
    }

    /** Takes a checked node. */
    abstract void accept(NodeProto node);

    /**
     * Adds a node with one output, which has the node's name.
     *
     * @param inputs names of values; "" where an optional one is left out
     * @return the name of the output
     * @throws ExportException naming the node, found and wanted
     */
    public final String add(OnnxOperator operator, String name, List<String> inputs, AttributeProto... attributes) {
        return add(operator, name, inputs, List.of(name), attributes).get(0);
    }

    /** Adds a node with several outputs, "" where an optional one is left out, and returns their names. */
    public final List<String> add(
            OnnxOperator operator,
            String name,
            List<String> inputs,
            List<String> outputs,
            AttributeProto... attributes) {
        checkVersion(operator, name);
        checkCount(operator, name, "inputs", inputs.size(), operator.minInputs(), operator.maxInputs());
        checkCount(operator, name, "outputs", outputs.size(), 1, operator.maxOutputs());
        checkInputs(operator, name, inputs);
        checkAttributes(operator, name, attributes);
        outputs.stream().filter(output -> !output.isEmpty()).forEach(this::declare);
        accept(NodeProto.newBuilder()
                .setName(name)
                .setDomain(operator.domain())
                .setOpType(operator.opType())
                .addAllInput(inputs)
                .addAllOutput(outputs)
                .addAllAttribute(Arrays.asList(attributes))
                .build());
        return outputs;
    }

    /** Makes a value known, so that nodes may read it. */
    final void declare(String value) {
        if (value.isEmpty() || !values.add(value)) {
            throw new ExportException("value \"" + value + "\": found twice or nameless, wanted distinct names");
        }
    }

    final boolean isDeclared(String value) {
        return values.contains(value);
    }

    private void checkVersion(OnnxOperator operator, String node) {
        Long version = opsets.get(operator.domain());
        if (version == null || version < operator.sinceVersion()) {
            throw bad(
                    operator,
                    node,
                    "operator set \"" + operator.domain() + "\"",
                    version == null ? "none" : version,
                    operator.sinceVersion() + " or later");
        }
    }

    private static void checkCount(OnnxOperator operator, String node, String what, int found, int min, int max) {
        if (found < min || found > max) {
            throw bad(operator, node, what, found, max == Integer.MAX_VALUE ? "at least " + min : min + ".." + max);
        }
    }

    private void checkInputs(OnnxOperator operator, String node, List<String> inputs) {
        for (int i = 0; i < inputs.size(); i++) {
            String input = inputs.get(i);
            boolean leftOut = input.isEmpty() && operator.mayLeaveOut(i);
            if (!leftOut && !values.contains(input)) {
                throw bad(operator, node, "input " + i, "\"" + input + "\"", "a value defined before");
            }
        }
    }

    private static void checkAttributes(OnnxOperator operator, String node, AttributeProto[] attributes) {
        Set<String> names = new HashSet<>();
        for (AttributeProto attribute : attributes) {
            String what = "attribute " + attribute.getName();
            OnnxOperator.Attribute wanted = operator.attribute(attribute.getName())
                    .orElseThrow(() -> bad(operator, node, what, "it", "one of " + operator.attributes()));
            if (attribute.getType() != wanted.type()) {
                throw bad(operator, node, what, attribute.getType(), wanted.type());
            }
            if (!names.add(attribute.getName())) {
                throw bad(operator, node, what, "it twice", "it once");
            }
        }
        for (OnnxOperator.Attribute attribute : operator.attributes()) {
            if (attribute.required() && !names.contains(attribute.name())) {
                throw bad(operator, node, "attribute " + attribute.name(), "none", attribute.type());
            }
        }
    }

    private static ExportException bad(OnnxOperator operator, String node, String what, Object found, Object wanted) {
        return new ExportException(
                "node " + node + " (" + operator.opType() + "): " + what + ": found " + found + ", wanted " + wanted);
    }
}
