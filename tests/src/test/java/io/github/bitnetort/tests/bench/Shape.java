package io.github.bitnetort.tests.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A weight matrix [N, K] to measure with. */
record Shape(String name, int n, int k) {
    /** The shapes of {@code bench/shapes.csv}. */
    static List<Shape> all() throws IOException {
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(Shape.class.getResourceAsStream("/bench/shapes.csv"), StandardCharsets.UTF_8))) {
            return reader.lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .map(Shape::parse)
                    .toList();
        }
    }

    private static Shape parse(String line) {
        String[] fields = line.split(",");
        return new Shape(fields[0].strip(), Integer.parseInt(fields[1].strip()), Integer.parseInt(fields[2].strip()));
    }

    long weights() {
        return (long) n * k;
    }

    @Override
    public String toString() {
        return name + " [" + n + "x" + k + "]";
    }
}
