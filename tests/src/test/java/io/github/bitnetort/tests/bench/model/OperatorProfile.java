package io.github.bitnetort.tests.bench.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where the time of a run of the graph goes, from ONNX Runtime's profile.
 *
 * @param operators the most expensive first; a mean over the runs
 * @param runMillis of a whole run, what lies between nodes included
 */
record OperatorProfile(List<Operator> operators, double runMillis) {
    /** The name under which the head stands: all nodes whose output has the vocabulary's size. */
    static final String HEAD = "head";

    static final String TERNARY = "CustomBitMatMul";

    private static final String KERNEL = "_kernel_time";

    record Operator(String name, double nodes, double millis) {}

    private static final class Sum {
        private long nodes;
        private double micros;
    }

    /** @param skipped runs at the beginning that do not count */
    static OperatorProfile read(Path file, int skipped, int vocab) throws IOException {
        Map<String, Sum> sums = new HashMap<>();
        List<JsonNode> nodes = new ArrayList<>();
        double micros = 0;
        int runs = 0;
        try (MappingIterator<JsonNode> events =
                new JsonMapper().readerFor(JsonNode.class).readValues(file.toFile())) {
            while (events.hasNext()) {
                JsonNode event = events.next();
                String name = event.path("name").asString();
                if (name.endsWith(KERNEL)) {
                    nodes.add(event);
                } else if (name.equals("model_run")) {
                    if (runs++ >= skipped) {
                        micros += event.get("dur").asDouble();
                        nodes.forEach(node -> add(node, vocab, sums));
                    }
                    nodes.clear();
                }
            }
        }
        int counted = runs - skipped;
        if (counted < 1) {
            throw new IOException(file + ": found " + runs + " runs, wanted more than " + skipped);
        }
        List<Operator> operators = sums.entrySet().stream()
                .map(entry -> new Operator(
                        entry.getKey(),
                        (double) entry.getValue().nodes / counted,
                        entry.getValue().micros / counted / 1000))
                .sorted(Comparator.comparingDouble(Operator::millis).reversed())
                .toList();
        return new OperatorProfile(operators, micros / counted / 1000);
    }

    private static void add(JsonNode event, int vocab, Map<String, Sum> sums) {
        JsonNode args = event.path("args");
        String name = isHead(args, vocab) ? HEAD : args.path("op_name").asString();
        Sum sum = sums.computeIfAbsent(name, key -> new Sum());
        sum.nodes++;
        sum.micros += event.get("dur").asDouble();
    }

    /** {@code output_type_shape} is such as [{"float": [1, 1, 128256]}]. */
    private static boolean isHead(JsonNode args, int vocab) {
        for (JsonNode output : args.path("output_type_shape")) {
            for (JsonNode shape : output) {
                if (shape.valueStream().anyMatch(size -> size.asInt() == vocab)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Of the operator with the quickest nodes: what the profiler adds to each node, and little more. */
    double leastNodeMillis() {
        return operators.stream()
                .mapToDouble(operator -> operator.millis() / operator.nodes())
                .min()
                .orElse(0);
    }

    /** How many nodes a run has. */
    double nodes(String operator) {
        return operators.stream()
                .filter(each -> each.name().equals(operator))
                .mapToDouble(Operator::nodes)
                .sum();
    }

    double millis(String operator) {
        return operators.stream()
                .filter(each -> each.name().equals(operator))
                .mapToDouble(Operator::millis)
                .sum();
    }
}
