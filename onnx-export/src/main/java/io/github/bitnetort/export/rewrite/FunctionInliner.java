package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.ops.CustomBitMatMul;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Replaces calls of model-local functions in the main graph by what the functions say, and fused nodes by their parts. A BitLinear that is a function gets
 * its weights from the caller, so it is only seen from there.
 */
final class FunctionInliner {
    private final OnnxModel model;
    private final Map<String, FunctionProto> functions = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private final Set<String> constants = new HashSet<>();
    private final List<String> notes = new ArrayList<>();
    /** For nodes that came out of a call: the position of the call among the main graph's nodes. */
    private final Map<NodeProto, Integer> origin = new IdentityHashMap<>();

    FunctionInliner(OnnxModel model) {
        this.model = model;
        Set<String> called = calledFunctions();
        for (FunctionProto function : model.functions()) {
            String key = key(function.getDomain(), function.getName(), function.getOverload());
            Optional<String> trouble = OperatorSets.difference(model, function);
            if (trouble.isPresent() && called.contains(key)) {
                notes.add("Layers are not looked for in function " + function.getDomain() + "." + function.getName()
                        + ": " + trouble.get());
            }
            if (trouble.isEmpty() && !function.getDomain().equals(CustomBitMatMul.DOMAIN)) {
                functions.put(key, function);
            }
        }
        model.graph().initializers().forEach(initializer -> constants.add(initializer.name()));
        model.graph().nodes().stream()
                .filter(node -> node.getOpType().equals("Constant"))
                .forEach(node -> constants.addAll(node.getOutputList()));
    }

    /** What a user should know of functions, in sentences. */
    List<String> notes() {
        return notes;
    }

    /** Whether the main graph has anything to be replaced. */
    boolean hasCalls() {
        return model.graph().nodes().stream().anyMatch(this::isCall);
    }

    private boolean isCall(NodeProto node) {
        return function(node) != null || FusedNodes.isProduct(node) || FusedNodes.isSum(node, constants);
    }

    /** Replaces all calls in the main graph, those inside functions too. */
    void inlineAll() {
        inline(null);
    }

    /** Replaces the calls at these positions of the main graph, and those inside them. */
    void inline(Set<Integer> positions) {
        collectNames();
        List<NodeProto> nodes = List.copyOf(model.graph().nodes());
        List<NodeProto> result = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            NodeProto node = nodes.get(i);
            if (isCall(node) && (positions == null || positions.contains(i))) {
                List<NodeProto> inlined = new ArrayList<>();
                expand(node, inlined, 0);
                int position = i;
                inlined.forEach(added -> remember(added, position));
                result.addAll(inlined);
            } else {
                result.add(node);
            }
        }
        model.graph().nodes().clear();
        model.graph().nodes().addAll(result);
    }

    private void remember(NodeProto node, int position) {
        origin.put(node, position);
        for (AttributeProto attribute : node.getAttributeList()) {
            attribute.getG().getNodeList().forEach(inner -> remember(inner, position));
            attribute.getGraphsList().forEach(graph -> graph.getNodeList().forEach(inner -> remember(inner, position)));
        }
    }

    /** The positions that the calls had out of which a node came, or null. */
    Integer origin(NodeProto node) {
        return origin.get(node);
    }

    /** Drops functions that nothing calls any more, of those that had callers. */
    void dropUncalled(Set<String> calledBefore) {
        Set<String> called = calledFunctions();
        model.functions().removeIf(function -> {
            String key = key(function.getDomain(), function.getName(), function.getOverload());
            return calledBefore.contains(key) && !called.contains(key);
        });
    }

    /** The functions that are called, from the main graph or from a function that is. */
    Set<String> calledFunctions() {
        Set<String> called = new HashSet<>();
        model.graph().nodes().forEach(node -> call(node, called));
        return called;
    }

    private void call(NodeProto node, Set<String> called) {
        String key = key(node.getDomain(), node.getOpType(), node.getOverload());
        for (FunctionProto function : model.functions()) {
            if (key(function.getDomain(), function.getName(), function.getOverload())
                            .equals(key)
                    && called.add(key)) {
                function.getNodeList().forEach(inner -> call(inner, called));
            }
        }
        for (AttributeProto attribute : node.getAttributeList()) {
            attribute.getG().getNodeList().forEach(inner -> call(inner, called));
            attribute.getGraphsList().forEach(graph -> graph.getNodeList().forEach(inner -> call(inner, called)));
        }
    }

    private static String key(String domain, String name, String overload) {
        return domain + "/" + name + "/" + overload;
    }

    private FunctionProto function(NodeProto node) {
        return node.getDomain().equals(OnnxOperator.ONNX_DOMAIN)
                ? null
                : functions.get(key(node.getDomain(), node.getOpType(), node.getOverload()));
    }

    private void collectNames() {
        names.clear();
        model.graph().initializers().forEach(initializer -> names.add(initializer.name()));
        model.graph().inputs().forEach(input -> names.add(input.getName()));
        model.graph().nodes().forEach(node -> {
            names.add(node.getName());
            names.addAll(node.getOutputList());
        });
    }

    private void expand(NodeProto call, List<NodeProto> result, int depth) {
        FunctionProto function = function(call);
        if (function == null) {
            result.addAll(FusedNodes.parts(call, unique(call.getOutput(0) + "/product")));
            return;
        }
        if (depth > functions.size()) {
            throw new EvaluationException("function " + function.getName() + ", which calls itself");
        }
        InlinedCall inlined = new InlinedCall(call, function, this::unique);
        for (NodeProto node : function.getNodeList()) {
            NodeProto renamed = inlined.rename(node);
            if (isCall(renamed)) {
                expand(renamed, result, depth + 1);
            } else {
                result.add(renamed);
            }
        }
    }

    private String unique(String name) {
        String candidate = name;
        for (int i = 1; !names.add(candidate); i++) {
            candidate = name + "_" + i;
        }
        return candidate;
    }
}
