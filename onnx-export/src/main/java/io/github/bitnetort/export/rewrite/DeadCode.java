package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.onnx.NodeProto;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Removes what a rewriting left without use. What had no use before is kept as it was, as long as what it reads is there.
 */
final class DeadCode {
    private final GraphView view;
    private final Set<Node> live = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Ref> used = new HashSet<>();

    private DeadCode(GraphView view) {
        this.view = view;
        markGraph(view.main());
    }

    /** What is in use. */
    static DeadCode of(GraphView view) {
        return new DeadCode(view);
    }

    boolean isLive(Node node) {
        return live.contains(node);
    }

    private void markGraph(Scope scope) {
        scope.outputs().forEach(output -> mark(scope.resolve(output)));
    }

    private void mark(Ref start) {
        ArrayDeque<Ref> values = new ArrayDeque<>();
        if (start != null) {
            values.add(start);
        }
        while (!values.isEmpty()) {
            Ref value = values.remove();
            Node node = used.add(value) ? GraphView.producer(value) : null;
            if (node != null && live.add(node)) {
                node.inputs().stream().filter(input -> input != null).forEach(values::add);
                node.subgraphs().forEach(this::markGraph);
            }
        }
    }

    /**
     * Removes nodes and constants that were in use before and are not now.
     *
     * @return the number of nodes removed
     */
    int removeUnused(DeadCode before) {
        return remove(view.main(), before, new HashSet<>());
    }

    private int remove(Scope scope, DeadCode before, Set<Ref> gone) {
        int count = 0;
        List<Node> nodes = List.copyOf(scope.nodes());
        for (Node node : nodes) {
            boolean wasLive = before.live.contains(node);
            boolean lost = node.inputs().stream().anyMatch(gone::contains) || hasLostInput(node);
            if (!live.contains(node) && (wasLive || lost)) {
                scope.nodes().remove(node);
                forget(scope, node.proto(), gone);
                count++;
            } else {
                for (Scope inner : node.subgraphs()) {
                    count += remove(inner, before, gone);
                }
            }
        }
        for (String name : List.copyOf(scope.initializerNames())) {
            Ref value = new Ref(scope, name);
            if (before.used.contains(value) && !used.contains(value)) {
                scope.remove(name);
            }
        }
        return count;
    }

    private static boolean hasLostInput(Node node) {
        for (int i = 0; i < node.proto().getInputCount(); i++) {
            if (node.input(i) == null && !node.proto().getInput(i).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static void forget(Scope scope, NodeProto node, Set<Ref> gone) {
        for (String output : node.getOutputList()) {
            gone.add(new Ref(scope, output));
            scope.remove(output);
        }
    }
}
