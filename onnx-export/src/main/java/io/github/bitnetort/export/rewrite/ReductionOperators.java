package io.github.bitnetort.export.rewrite;

import java.util.Arrays;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Operators that reduce axes. Sums are kept in binary64: runtimes do not agree on an order of their own. */
final class ReductionOperators {
    private ReductionOperators() {}

    static void register(Map<String, Call.Operator> operators) {
        reduction(operators, "ReduceMax", Double.NEGATIVE_INFINITY, Math::max, null);
        reduction(operators, "ReduceMin", Double.POSITIVE_INFINITY, Math::min, null);
        reduction(operators, "ReduceSum", 0, Double::sum, null);
        reduction(operators, "ReduceL1", 0, (sum, x) -> sum + Math.abs(x), null);
        reduction(operators, "ReduceSumSquare", 0, (sum, x) -> sum + x * x, null);
        reduction(operators, "ReduceMean", 0, Double::sum, count -> sum -> sum / count);
        reduction(operators, "ReduceL2", 0, (sum, x) -> sum + x * x, count -> Math::sqrt);
    }

    private static void reduction(
            Map<String, Call.Operator> operators,
            String name,
            double start,
            DoubleBinaryOperator accumulate,
            IntFunction<DoubleUnaryOperator> finish) {
        operators.put(name, call -> reduce(call, start, accumulate, finish));
    }

    private static DenseTensor reduce(
            Call call, double start, DoubleBinaryOperator accumulate, IntFunction<DoubleUnaryOperator> finish) {
        DenseTensor x = call.input(0);
        long[] axes = call.integers(1, "axes");
        if ((axes == null || axes.length == 0) && call.integer("noop_with_empty_axes", 0) != 0) {
            return x;
        }
        boolean[] reduced = new boolean[x.rank()];
        for (int i = 0; i < x.rank(); i++) {
            reduced[i] = axes == null || axes.length == 0;
        }
        for (int i = 0; axes != null && i < axes.length; i++) {
            reduced[Call.axis(axes[i], x.rank())] = true;
        }
        int[] kept = x.dims().clone();
        for (int i = 0; i < kept.length; i++) {
            kept[i] = reduced[i] ? 1 : kept[i];
        }
        double[] sums = new double[DenseTensor.elements(kept)];
        Arrays.fill(sums, start);
        Broadcast.Index index = Broadcast.index(kept, x.dims());
        for (int i = 0; i < x.size(); i++) {
            int at = index.of(i);
            sums[at] = accumulate.applyAsDouble(sums[at], x.real(i));
        }
        DenseTensor y = new DenseTensor(x.type(), kept);
        int count = sums.length == 0 ? 0 : x.size() / sums.length;
        for (int i = 0; i < sums.length; i++) {
            y.set(i, finish == null ? sums[i] : finish.apply(count).applyAsDouble(sums[i]));
        }
        return call.integer("keepdims", 1) != 0 ? y : y.reshaped(without(kept, reduced));
    }

    private static int[] without(int[] dims, boolean[] dropped) {
        return IntStream.range(0, dims.length)
                .filter(i -> !dropped[i])
                .map(i -> dims[i])
                .toArray();
    }
}
