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
 * Where the time of a decode step, or of reading a prompt, goes: from ONNX Runtime's profile, a mean over all of them.
 *
 * @param operators the most expensive first
 * @param runMillis of its whole runs, what lies between nodes included
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

        private void add(Sum other) {
            nodes += other.nodes;
            micros += other.micros;
        }
    }

    private record OneRun(Map<String, Sum> operators, double micros) {}

    /**
     * Of steps, each of which is one run.
     *
     * @param skipped runs at the beginning that do not count
     */
    static OperatorProfile ofSteps(Path file, int skipped, int vocab) throws IOException {
        List<OneRun> runs = runs(file, vocab);
        int counted = runs.size() - skipped;
        if (counted < 1) {
            throw new IOException(file + ": found " + runs.size() + " runs, wanted more than " + skipped);
        }
        return mean(runs.subList(skipped, runs.size()), counted);
    }

    /**
     * Of prompts, each of which takes as many runs as any other: one for each chunk.
     *
     * @param prompts how many were read
     * @param skipped prompts at the beginning that do not count
     */
    static OperatorProfile ofPrompts(Path file, int prompts, int skipped, int vocab) throws IOException {
        List<OneRun> runs = runs(file, vocab);
        if (runs.isEmpty() || runs.size() % prompts != 0) {
            throw new IOException(
                    file + ": found " + runs.size() + " runs, wanted as many for each of " + prompts + " prompts");
        }
        int each = runs.size() / prompts;
        return mean(runs.subList(skipped * each, runs.size()), prompts - skipped);
    }

    private static List<OneRun> runs(Path file, int vocab) throws IOException {
        List<OneRun> runs = new ArrayList<>();
        Map<String, Sum> operators = new HashMap<>();
        try (MappingIterator<JsonNode> events =
                new JsonMapper().readerFor(JsonNode.class).readValues(file.toFile())) {
            while (events.hasNext()) {
                JsonNode event = events.next();
                String name = event.path("name").asString();
                if (name.endsWith(KERNEL)) {
                    add(event, vocab, operators);
                } else if (name.equals("model_run")) {
                    runs.add(new OneRun(operators, event.get("dur").asDouble()));
                    operators = new HashMap<>();
                }
            }
        }
        return runs;
    }

    /** @param count of what the runs make up */
    private static OperatorProfile mean(List<OneRun> runs, int count) {
        Map<String, Sum> sums = new HashMap<>();
        double micros = 0;
        for (OneRun run : runs) {
            run.operators()
                    .forEach((name, sum) ->
                            sums.computeIfAbsent(name, key -> new Sum()).add(sum));
            micros += run.micros();
        }
        List<Operator> operators = sums.entrySet().stream()
                .map(entry -> new Operator(
                        entry.getKey(),
                        (double) entry.getValue().nodes / count,
                        entry.getValue().micros / count / 1000))
                .sorted(Comparator.comparingDouble(Operator::millis).reversed())
                .toList();
        return new OperatorProfile(operators, micros / count / 1000);
    }

    private static void add(JsonNode event, int vocab, Map<String, Sum> operators) {
        JsonNode args = event.path("args");
        String name = isHead(args, vocab) ? HEAD : args.path("op_name").asString();
        Sum sum = operators.computeIfAbsent(name, key -> new Sum());
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

    /** How many nodes ran. */
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
