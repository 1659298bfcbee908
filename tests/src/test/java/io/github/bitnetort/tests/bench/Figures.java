package io.github.bitnetort.tests.bench;

import java.io.PrintStream;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What was measured, in sections, as JSON or as tables. A name ends in its unit. */
public final class Figures {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final ObjectNode root = MAPPER.createObjectNode();
    private final Environment environment;

    public Figures(Environment environment) {
        this.environment = environment;
        root.set("environment", MAPPER.valueToTree(environment));
    }

    public void put(String section, String name, double value, int digits) {
        double factor = Math.pow(10, digits);
        section(section).put(name, Math.round(value * factor) / factor);
    }

    public void put(String section, String name, long value) {
        section(section).put(name, value);
    }

    public void put(String section, String name, String value) {
        section(section).put(name, value);
    }

    /** In units of 1,000,000 bytes. */
    public void putMegabytes(String section, String name, long bytes) {
        section(section).put(name + "_MB", megabytes(bytes));
    }

    /** In units of 1,000,000 bytes, to one digit. */
    public static double megabytes(long bytes) {
        return Math.round(bytes * 1e-5) / 10.0;
    }

    /** A row of a section that is a table of its own; null where a column has nothing to say of it. */
    public ObjectNode row(String section) {
        return (root.has(section) ? (ArrayNode) root.get(section) : root.putArray(section)).addObject();
    }

    private ObjectNode section(String name) {
        return root.has(name) ? (ObjectNode) root.get(name) : root.putObject(name);
    }

    public void print(boolean json, PrintStream out) {
        if (json) {
            out.println(MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root));
            return;
        }
        environment.lines().forEach(line -> out.println("* " + line));
        for (Map.Entry<String, JsonNode> section : root.properties()) {
            if (section.getKey().equals("environment")) {
                continue;
            }
            if (section.getValue() instanceof ArrayNode rows) {
                printRows(rows, out);
            } else {
                MarkdownTable table = new MarkdownTable(out, section.getKey(), "");
                section.getValue()
                        .properties()
                        .forEach(entry -> table.row(words(entry.getKey()), text(entry.getValue())));
            }
        }
    }

    private static void printRows(ArrayNode rows, PrintStream out) {
        String[] header = rows.get(0).properties().stream()
                .map(entry -> words(entry.getKey()))
                .toArray(String[]::new);
        MarkdownTable table = new MarkdownTable(out, header);
        for (JsonNode row : rows) {
            table.row(row.properties().stream()
                    .map(entry -> text(entry.getValue()))
                    .toArray());
        }
    }

    private static String words(String name) {
        return name.replace('_', ' ');
    }

    private static String text(JsonNode value) {
        return value.isNull() ? "" : value.asString();
    }
}
