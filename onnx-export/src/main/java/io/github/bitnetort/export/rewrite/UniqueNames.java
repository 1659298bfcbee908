package io.github.bitnetort.export.rewrite;

import java.util.HashSet;
import java.util.Set;

/** Names that no value or node of a model has yet. */
final class UniqueNames {
    private final Set<String> taken = new HashSet<>();

    UniqueNames(GraphView view) {
        add(view.main());
        view.nodes().forEach(node -> {
            taken.add(node.proto().getName());
            taken.addAll(node.proto().getInputList());
            taken.addAll(node.proto().getOutputList());
            node.subgraphs().forEach(this::add);
        });
    }

    private void add(Scope scope) {
        taken.addAll(scope.names());
    }

    /** The name itself, or with a number behind it; it is taken from now on. */
    String unique(String name) {
        String candidate = name;
        for (int i = 1; !taken.add(candidate); i++) {
            candidate = name + "_" + i;
        }
        return candidate;
    }
}
