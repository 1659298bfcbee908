package io.github.bitnetort.tests.conformance;

import io.github.bitnetort.export.ExportedBitMatMul;
import io.github.bitnetort.export.ModelInspector;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMulProblem;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.Golden;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.ops.RandomProblems;
import io.github.bitnetort.ops.ScalarBitMatMul;
import io.github.bitnetort.tests.endtoend.Fixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The cases of all conformance tests. Shapes lie below, at and above each edge: a tile of 16 rows, words of 16, 20 and
 * 32 columns, chunks of 64. Padding is garbage in all of them.
 */
final class Cases {
    private static final int[] N = {1, 15, 16, 17, 32, 33, 64, 65, 500};
    private static final int[] K = {1, 3, 15, 16, 17, 19, 20, 21, 31, 32, 33, 63, 64, 65, 127, 129, 1025, 2561};
    private static final int[] BLOCKS = {1, 2, 3, 10};
    private static final int[] EDGE_N = {1, 17, 33};
    private static final int[] EDGE_K = {16, 63, 65, 2561};

    /** M takes each of these in turn, whatever the shape. */
    private static final int M_LIMIT = 34;

    /** Above this many weights M is small, or the oracle takes too long. */
    private static final int LARGE = 200_000;

    /** Rows and columns of real layers. */
    private static final int[][] LAYERS = {{640, 2560}, {2560, 640}, {320, 6912}};

    private static final Map<String, List<Case>> GROUPS = build();

    private final Map<String, List<Case>> groups = new LinkedHashMap<>();
    private int count;

    private Cases() {}

    /** All cases by group, in a fixed order. */
    static Map<String, List<Case>> groups() {
        return GROUPS;
    }

    static List<Case> all() {
        return GROUPS.values().stream().flatMap(List::stream).toList();
    }

    private static Map<String, List<Case>> build() {
        Cases cases = new Cases();
        cases.goldens();
        for (Variant variant : Variant.all()) {
            cases.shapes(variant);
        }
        for (Variant variant : Variant.all()) {
            cases.edges(variant);
        }
        cases.layers();
        cases.fixtures();
        return cases.groups;
    }

    private void goldens() {
        for (Golden golden : Golden.all()) {
            float[] expected = new float[golden.bits().length];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = Float.intBitsToFloat(golden.bits()[i]);
            }
            String replay = "golden \"" + golden.name() + "\"";
            add(new Case(
                    "worked by hand", replay, golden.problem(), golden.m(), golden.x(), expected, isFinite(expected)));
        }
    }

    private void shapes(Variant variant) {
        int[] columns = variant.blockSize() == 0 ? K : multiples(variant.blockSize());
        for (int n : N) {
            for (int k : columns) {
                // 13 and 34 have no common divisor: every M is met.
                int m = count * 13 % M_LIMIT;
                add(variant.toString(), variant, n, k, n * k > LARGE ? m % 6 : m, Content.RANDOM);
            }
        }
    }

    private void edges(Variant variant) {
        for (Content content : Content.values()) {
            if (content == Content.RANDOM) {
                continue;
            }
            String group = content.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
            for (int n : EDGE_N) {
                for (int k : variant.blockSize() == 0 ? EDGE_K : multiples(variant.blockSize())) {
                    add(group, variant, n, k, 2 + count % 7, content);
                }
            }
            if (variant.blockSize() == 0) {
                add(group, variant, 2, CustomBitMatMul.MAX_K, 2, content);
            }
        }
    }

    private void layers() {
        for (int[] layer : LAYERS) {
            for (int m : new int[] {1, 4}) {
                add(
                        "layers",
                        new Variant(Packing.TERNARY16, Activation.INT8, 0),
                        layer[0],
                        layer[1],
                        m,
                        Content.RANDOM);
            }
        }
    }

    /** Every layer of every shipped checkpoint, as the exporter writes it. */
    private void fixtures() {
        for (Fixture fixture : Fixture.all()) {
            for (ExportedBitMatMul layer : layers(fixture)) {
                add("layers of the fixtures", fixture + " " + layer.node() + " ", layer.problem(), 4, Content.RANDOM);
            }
        }
    }

    private static List<ExportedBitMatMul> layers(Fixture fixture) {
        try {
            return ModelInspector.bitMatMuls(fixture.exported());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int[] multiples(int blockSize) {
        int[] multiples = new int[BLOCKS.length];
        for (int i = 0; i < multiples.length; i++) {
            multiples[i] = BLOCKS[i] * blockSize;
        }
        return multiples;
    }

    private void add(String group, Variant variant, int n, int k, int m, Content content) {
        long seed = count;
        boolean bias = count % 2 == 0;
        BitMatMulSpec spec = variant.spec(n, k);
        BitMatMulProblem problem = RandomProblems.problem(spec, content.weights(spec.packing(), seed), bias, seed);
        add(group, "", problem, m, content);
    }

    private void add(String group, String what, BitMatMulProblem problem, int m, Content content) {
        BitMatMulSpec spec = problem.spec();
        long seed = count;
        float[] x = content.activations(m, spec.k(), seed);
        float[] expected = new float[m * spec.n()];
        new ScalarBitMatMul().compute(problem, x, m, expected);
        String replay = what + content + " " + Variant.of(spec) + " N=" + spec.n() + " K=" + spec.k() + " M=" + m
                + (problem.bias() == null ? "" : " bias") + " scale[" + problem.scale().length + "] seed=" + seed;
        // Infinities of both signs meet in an order of their own where blocks are summed by standard operators.
        boolean portable = content.isPortable() && (!spec.isBlocked() || isFinite(expected));
        add(new Case(group, replay, problem, m, x, expected, portable));
    }

    private static boolean isFinite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    private void add(Case added) {
        groups.computeIfAbsent(added.group(), unused -> new ArrayList<>()).add(added);
        count++;
    }
}
