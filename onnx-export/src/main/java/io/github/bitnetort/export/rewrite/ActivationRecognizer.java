package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.ops.Activation;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds out whether a value is another one quantized. It walks back from the value; wherever all that was passed depends
 * on one value x alone, it feeds rows into x and compares what comes out with the op's own quantization.
 */
final class ActivationRecognizer {
    /** The message where there is nothing like a quantization. */
    static final String NO_QUANTIZATION = "no quantization of activations comes before it";

    /** Quantization chains are shorter, also in the most talkative exports. */
    private static final int MAX_NODES = 60;

    private static final double TOLERANCE = 1e-3;
    private static final double FACTOR_TOLERANCE = 1e-5;
    private static final Set<String> ROUNDING = Set.of(
            "Round", "Floor", "Ceil", "QuantizeLinear", "Sign", "Less", "Greater", "LessOrEqual", "GreaterOrEqual");

    private final Evaluator evaluator;
    private final RankInference ranks;

    ActivationRecognizer(Evaluator evaluator, RankInference ranks) {
        this.evaluator = evaluator;
        this.ranks = ranks;
    }

    /**
     * Understands a value of width k.
     *
     * @throws NotRewritten saying what it is instead
     */
    QuantizedActivation recognize(Ref value, int k) {
        Walk walk = new Walk(value);
        ProbeRows rows = ProbeRows.of(k);
        String nearMiss = null;
        while (walk.step()) {
            Ref candidate = walk.single();
            if (candidate == null || !walk.rounds) {
                continue;
            }
            try {
                QuantizedActivation found = quantized(value, candidate, rows, walk.passed);
                if (found != null) {
                    return found;
                }
            } catch (NotRewritten e) {
                nearMiss = e.getMessage();
            }
        }
        throw new NotRewritten(nearMiss != null ? nearMiss : walk.describe());
    }

    /** What a value is as a quantization of x, whatever rank x may have; null where it is none. */
    private QuantizedActivation quantized(Ref value, Ref x, ProbeRows rows, Set<Node> passed) {
        OptionalInt stated = ranks.of(x);
        if (stated.isPresent() && (stated.getAsInt() < ProbeRows.MIN_RANK || stated.getAsInt() > ProbeRows.MAX_RANK)) {
            throw new NotRewritten("its activations have rank " + stated.getAsInt() + ", and only ranks "
                    + ProbeRows.MIN_RANK + " to " + ProbeRows.MAX_RANK + " are looked at");
        }
        QuantizedActivation found = null;
        int least = 0;
        boolean differs = false;
        for (int rank = stated.orElse(ProbeRows.MIN_RANK); rank <= stated.orElse(ProbeRows.MAX_RANK); rank++) {
            try {
                DenseTensor result = evaluator.probe(value, Map.of(x, rows.tensor(rank)));
                QuantizedActivation match = match(rows, result, x, rank, passed);
                differs |= match == null;
                least = least == 0 && match != null ? rank : least;
                found = match != null ? match : found;
            } catch (EvaluationException e) {
                // not a rank that x can have
            }
        }
        if (found != null && differs) {
            throw new NotRewritten("the activations are int8 by each row's absolute maximum where " + x.name()
                    + " has rank " + found.rank() + ", but the model does not say which rank it has");
        }
        return found == null ? null : found.withLeastRank(least);
    }

    private QuantizedActivation match(ProbeRows rows, DenseTensor y, Ref x, int rank, Set<Node> passed) {
        if (y.size() != rows.x().length || y.dims()[y.rank() - 1] != rows.k()) {
            return null;
        }
        double sign = signFactor(rows, y);
        if (!Double.isNaN(sign)) {
            return new QuantizedActivation(x, rank, rank, Activation.SIGN, true, sign, new HashSet<>(passed));
        }
        double[] factors = new double[ProbeRows.TINY_ROW];
        for (int row = 0; row < factors.length; row++) {
            factors[row] = rowFactor(rows, y, row);
            if (Double.isNaN(factors[row])) {
                return null;
            }
        }
        boolean integers = true;
        boolean dequantized = true;
        for (int row = 0; row < factors.length; row++) {
            integers &= isClose(factors[row], factors[0]);
            dequantized &= isClose(factors[row] * rows.s()[row], factors[0]);
        }
        if (!integers && !dequantized) {
            throw new NotRewritten(
                    "the activations are int8, but what they are multiplied by afterwards is neither 1 nor "
                            + "their own scale");
        }
        checkSmallest(rows, y, dequantized, factors[0]);
        return new QuantizedActivation(x, rank, rank, Activation.INT8, dequantized, factors[0], new HashSet<>(passed));
    }

    /** What the row's integers are multiplied by, or NaN where the row is not that. */
    private static double rowFactor(ProbeRows rows, DenseTensor y, int row) {
        int from = row * rows.k();
        int largest = from;
        for (int i = from; i < from + rows.k(); i++) {
            largest = Math.abs(rows.q()[i]) > Math.abs(rows.q()[largest]) ? i : largest;
        }
        double factor = y.real(largest) / rows.q()[largest];
        if (!(Math.abs(factor) > 0) || Double.isInfinite(factor)) {
            return Double.NaN;
        }
        for (int i = from; i < from + rows.k(); i++) {
            if (!(Math.abs(y.real(i) / factor - rows.q()[i]) <= TOLERANCE)) {
                return Double.NaN;
            }
        }
        return factor;
    }

    /** Rows below the smallest absolute maximum have to be quantized by that instead. */
    private static void checkSmallest(ProbeRows rows, DenseTensor y, boolean dequantized, double factor) {
        for (int row = ProbeRows.TINY_ROW; row < ProbeRows.ROWS; row++) {
            double unit = dequantized ? factor / rows.s()[row] : factor;
            for (int i = row * rows.k(); i < (row + 1) * rows.k(); i++) {
                if (!(Math.abs(y.real(i) - rows.q()[i] * unit) <= ProbeRows.SMALLEST_TOLERANCE * Math.abs(unit))) {
                    throw new NotRewritten(
                            "the activations are int8, but rows whose absolute maximum is below 1e-5 are "
                                    + "quantized otherwise than by max(absmax, 1e-5)");
                }
            }
        }
    }

    /** The constant that signs are multiplied by, or NaN where there are none. */
    private static double signFactor(ProbeRows rows, DenseTensor y) {
        double factor = y.real(0) * (rows.x()[0] < 0 ? -1 : 1);
        if (!(Math.abs(factor) > 0)) {
            return Double.NaN;
        }
        boolean zeros = true;
        for (int i = 0; i < y.size(); i++) {
            boolean same = isClose(y.real(i), rows.x()[i] < 0 ? -factor : factor);
            if (!same && rows.x()[i] != 0) {
                return Double.NaN;
            }
            zeros &= same;
        }
        if (!zeros) {
            throw new NotRewritten("the activations are signs, but the sign of 0 is not +1");
        }
        return factor;
    }

    private static boolean isClose(double a, double b) {
        return Math.abs(a - b) <= FACTOR_TOLERANCE * Math.abs(b);
    }

    /** Goes back through a graph, always from the value that is computed last. */
    private final class Walk {
        private final TreeSet<Ref> frontier = new TreeSet<>(Comparator.comparingInt(Walk::order)
                .thenComparing(Ref::name)
                .thenComparingInt(value -> System.identityHashCode(value.scope())));
        private final Set<Node> passed = new HashSet<>();
        private boolean rounds;
        private String dynamic;
        private String unknown;

        Walk(Ref start) {
            frontier.add(start);
        }

        private static int order(Ref value) {
            Node node = GraphView.producer(value);
            return node == null ? -1 : node.order();
        }

        /** Replaces the last value by what it is made of; false at the end of the way. */
        boolean step() {
            if (frontier.isEmpty() || passed.size() >= MAX_NODES) {
                return false;
            }
            Node node = GraphView.producer(frontier.last());
            if (node != null && node.is("DynamicQuantizeLinear")) {
                dynamic = node.title();
            }
            if (node == null || !Evaluator.knows(node)) {
                unknown = node == null ? null : node.operator();
                return false;
            }
            frontier.removeIf(value -> GraphView.producer(value) == node);
            passed.add(node);
            rounds |= ROUNDING.contains(node.operator()) || isIntegerCast(node);
            // The shape of an Expand is none of the values: see Evaluator.probe.
            int inputs = node.is("Expand") ? 1 : node.inputs().size();
            for (Ref input : node.inputs().subList(0, inputs)) {
                if (input != null && !evaluator.isConstant(input)) {
                    frontier.add(input);
                }
            }
            return true;
        }

        /** The one value that all depends on, or null. */
        Ref single() {
            return frontier.size() == 1 ? frontier.first() : null;
        }

        String describe() {
            if (dynamic != null) {
                return "its activations are quantized by DynamicQuantizeLinear (" + dynamic
                        + "), to uint8 with a zero point for the whole tensor, which is not the op's int8 per row";
            }
            if (!rounds) {
                return NO_QUANTIZATION;
            }
            return "what comes before it rounds, but is not int8 by each row's absolute maximum"
                    + (unknown == null ? "" : ", as far as operator " + unknown + ", which is not known");
        }
    }

    private static boolean isIntegerCast(Node node) {
        long to = NodeAttributes.integer(node.proto(), "to", 0);
        return node.is("Cast") && (to >= 2 && to <= 7 || to == 12 || to == 13);
    }
}
