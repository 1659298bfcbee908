package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.NodeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A node in its graph, with the graphs that it has for attributes. Compared by identity. */
final class Node {
    private static final List<String> ONNX_DOMAINS =
            List.of(OnnxOperator.ONNX_DOMAIN, OnnxOperator.ONNX_DOMAIN_IN_FULL);

    private final NodeProto proto;
    private final Scope scope;
    private final int order;
    private final Map<Integer, List<Scope>> subgraphs = new HashMap<>();

    /**
     * @param order of computation, over all graphs of a model: what a node needs has a lower number
     */
    Node(NodeProto proto, Scope scope, int order) {
        this.proto = proto;
        this.scope = scope;
        this.order = order;
    }

    NodeProto proto() {
        return proto;
    }

    Scope scope() {
        return scope;
    }

    int order() {
        return order;
    }

    /** The operator's type where it is ONNX's own; others have their domain before it. */
    String operator() {
        return ONNX_DOMAINS.contains(proto.getDomain())
                ? proto.getOpType()
                : proto.getDomain() + "." + proto.getOpType();
    }

    boolean is(String operator) {
        return operator().equals(operator);
    }

    /** The name for people: nodes need not have one. */
    String title() {
        return proto.getName().isEmpty() ? output().name() : proto.getName();
    }

    /** Its first output. */
    Ref output() {
        return new Ref(scope, proto.getOutput(0));
    }

    /** The input, or null where it is left out. */
    Ref input(int index) {
        return index < proto.getInputCount() ? scope.resolve(proto.getInput(index)) : null;
    }

    List<Ref> inputs() {
        List<Ref> inputs = new ArrayList<>();
        for (int i = 0; i < proto.getInputCount(); i++) {
            inputs.add(input(i));
        }
        return inputs;
    }

    /** The graphs of the attribute of that index. */
    List<Scope> subgraphs(int attribute) {
        return subgraphs.computeIfAbsent(attribute, key -> new ArrayList<>());
    }

    List<Scope> subgraphs() {
        return subgraphs.values().stream().flatMap(List::stream).toList();
    }

    /** The node with its graphs as they are now. */
    NodeProto rebuild() {
        if (subgraphs().isEmpty()) {
            return proto;
        }
        NodeProto.Builder builder = proto.toBuilder();
        subgraphs.forEach((index, scopes) -> {
            if (!scopes.isEmpty()) {
                AttributeProto.Builder attribute = builder.getAttributeBuilder(index);
                if (attribute.hasG()) {
                    attribute.setG(scopes.get(0).rebuild());
                } else {
                    attribute.clearGraphs();
                    scopes.forEach(scope -> attribute.addGraphs(scope.rebuild()));
                }
            }
        });
        return builder.build();
    }
}
