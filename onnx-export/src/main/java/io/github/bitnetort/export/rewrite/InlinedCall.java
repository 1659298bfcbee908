package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.export.onnx.GraphProto;
import io.github.bitnetort.export.onnx.NodeProto;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A call of a function, and the function's nodes as they are in its place: with the caller's values and attributes. */
final class InlinedCall {
    private final NodeProto call;
    private final FunctionProto function;
    private final UnaryOperator<String> unique;
    private final String prefix;
    /** The caller's names of the function's values. */
    private final Map<String, String> values = new HashMap<>();

    /** @param unique makes a name one that nothing in the model has yet */
    InlinedCall(NodeProto call, FunctionProto function, UnaryOperator<String> unique) {
        this.call = call;
        this.function = function;
        this.unique = unique;
        this.prefix = (call.getName().isEmpty() ? call.getOutput(0) : call.getName()) + "/";
        for (int i = 0; i < function.getInputCount(); i++) {
            values.put(function.getInput(i), i < call.getInputCount() ? call.getInput(i) : "");
        }
        for (int i = 0; i < call.getOutputCount(); i++) {
            values.put(function.getOutput(i), call.getOutput(i));
        }
    }

    /** One of the function's nodes, as it is for this call. */
    NodeProto rename(NodeProto node) {
        NodeProto.Builder renamed = node.toBuilder().clearInput().clearOutput().clearAttribute();
        renamed.setName(unique.apply(prefix + (node.getName().isEmpty() ? node.getOpType() : node.getName())));
        node.getInputList().forEach(input -> renamed.addInput(value(input)));
        node.getOutputList().forEach(output -> renamed.addOutput(value(output)));
        for (AttributeProto attribute : node.getAttributeList()) {
            AttributeProto given = attribute(attribute);
            if (given != null) {
                renamed.addAttribute(withGraphs(given));
            }
        }
        return renamed.build();
    }

    private String value(String name) {
        return name.isEmpty() ? "" : values.computeIfAbsent(name, key -> unique.apply(prefix + key));
    }

    /** An attribute, or the caller's where it refers to that; null where neither caller nor function has it. */
    private AttributeProto attribute(AttributeProto attribute) {
        if (attribute.getRefAttrName().isEmpty()) {
            return attribute;
        }
        AttributeProto given = NodeAttributes.find(call, attribute.getRefAttrName())
                .orElseGet(() -> function.getAttributeProtoList().stream()
                        .filter(known -> known.getName().equals(attribute.getRefAttrName()))
                        .findFirst()
                        .orElse(null));
        return given == null
                ? null
                : given.toBuilder().setName(attribute.getName()).build();
    }

    private AttributeProto withGraphs(AttributeProto attribute) {
        if (!attribute.hasG() && attribute.getGraphsCount() == 0) {
            return attribute;
        }
        AttributeProto.Builder builder = attribute.toBuilder().clearGraphs();
        if (attribute.hasG()) {
            builder.setG(graph(attribute.getG()));
        }
        attribute.getGraphsList().forEach(graph -> builder.addGraphs(graph(graph)));
        return builder.build();
    }

    private GraphProto graph(GraphProto graph) {
        GraphProto.Builder builder = graph.toBuilder().clearNode().clearValueInfo();
        builder.getInputBuilderList().forEach(in -> in.setName(value(in.getName())));
        builder.getInitializerBuilderList().forEach(in -> in.setName(value(in.getName())));
        graph.getNodeList().forEach(node -> builder.addNode(rename(node)));
        builder.getOutputBuilderList().forEach(out -> out.setName(value(out.getName())));
        return builder.build();
    }
}
