package io.github.bitnetort.export.rewrite;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Names for layers: exporters keep a module's name in one of its constants, if anywhere. */
final class ModuleNames {
    private static final List<String> SUFFIXES = List.of(".weight_scale", ".weight", ".bias");
    private static final int MAX_NODES = 80;

    private ModuleNames() {}

    /** The module that constants are named after which a matrix, or a node on the way of its product, is made of. */
    static String of(MatrixProduct product, ProductEnd end) {
        Deque<Ref> values = new ArrayDeque<>(List.of(product.matrix()));
        for (Node node : end.nodes()) {
            node.inputs().stream()
                    .filter(input -> input != null && input.scope().initializer(input.name()) != null)
                    .forEach(values::add);
        }
        Set<Ref> seen = new HashSet<>(values);
        while (!values.isEmpty() && seen.size() < MAX_NODES) {
            Ref value = values.remove();
            for (String suffix : SUFFIXES) {
                if (value.scope().initializer(value.name()) != null
                        && value.name().endsWith(suffix)) {
                    return value.name().substring(0, value.name().length() - suffix.length());
                }
            }
            Node node = GraphView.producer(value);
            if (node != null) {
                node.inputs().stream()
                        .filter(input -> input != null && seen.add(input))
                        .forEach(values::add);
            }
        }
        return product.node().title();
    }

    /** For layers that become one: what their names begin with, then the rest of each. */
    static String merged(Collection<String> modules) {
        String first = modules.iterator().next();
        int cut = Math.max(first.lastIndexOf('.'), first.lastIndexOf('/')) + 1;
        String prefix = first.substring(0, cut);
        return modules.stream()
                .map(module -> module.startsWith(prefix) ? module.substring(cut) : module)
                .collect(Collectors.joining("_", prefix, ""));
    }
}
