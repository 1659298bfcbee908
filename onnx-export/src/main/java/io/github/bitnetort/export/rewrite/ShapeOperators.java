package io.github.bitnetort.export.rewrite;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Operators that ask for shapes or give the same elements another one. */
final class ShapeOperators {
    private ShapeOperators() {}

    static void register(Map<String, Call.Operator> operators) {
        operators.put("Identity", call -> call.input(0));
        operators.put("Dropout", call -> call.input(0));
        operators.put("Shape", ShapeOperators::shape);
        operators.put("Size", call -> DenseTensor.longs(call.input(0).size()).reshaped());
        operators.put("Reshape", ShapeOperators::reshape);
        operators.put("Flatten", ShapeOperators::flatten);
        operators.put("Squeeze", ShapeOperators::squeeze);
        operators.put("Unsqueeze", ShapeOperators::unsqueeze);
        operators.put("Expand", ShapeOperators::expand);
        operators.put("Transpose", ShapeOperators::transpose);
    }

    private static DenseTensor shape(Call call) {
        int[] dims = call.input(0).dims();
        int start = bound(call.integer("start", 0), dims.length);
        int end = bound(call.integer("end", dims.length), dims.length);
        return DenseTensor.longs(
                Arrays.stream(dims, start, Math.max(start, end)).asLongStream().toArray());
    }

    private static int bound(long index, int rank) {
        return (int) Math.max(0, Math.min(rank, index < 0 ? index + rank : index));
    }

    private static DenseTensor reshape(Call call) {
        DenseTensor x = call.input(0);
        long[] wanted = Call.integers(call.input(1));
        boolean zeroIsZero = call.integer("allowzero", 0) != 0;
        int[] dims = new int[wanted.length];
        int open = -1;
        long known = 1;
        for (int i = 0; i < dims.length; i++) {
            if (wanted[i] == -1) {
                open = i;
            } else {
                dims[i] = wanted[i] == 0 && !zeroIsZero ? x.dims()[i] : Math.toIntExact(wanted[i]);
                known *= dims[i];
            }
        }
        if (open >= 0) {
            dims[open] = known == 0 ? 0 : (int) (x.size() / known);
        }
        return x.reshaped(dims);
    }

    private static DenseTensor flatten(Call call) {
        DenseTensor x = call.input(0);
        long axis = call.integer("axis", 1);
        int[] head = Arrays.copyOf(x.dims(), (int) (axis < 0 ? axis + x.rank() : axis));
        int rows = DenseTensor.elements(head);
        return x.reshaped(rows, rows == 0 ? 0 : x.size() / rows);
    }

    private static DenseTensor squeeze(Call call) {
        DenseTensor x = call.input(0);
        long[] axes = call.integers(1, "axes");
        List<Integer> dropped = new ArrayList<>();
        for (int i = 0; axes != null && i < axes.length; i++) {
            dropped.add(Call.axis(axes[i], x.rank()));
        }
        return x.reshaped(IntStream.range(0, x.rank())
                .filter(i -> axes == null ? x.dims()[i] != 1 : !dropped.contains(i))
                .map(i -> x.dims()[i])
                .toArray());
    }

    private static DenseTensor unsqueeze(Call call) {
        DenseTensor x = call.input(0);
        long[] axes = call.integers(1, "axes");
        if (axes == null) {
            throw new EvaluationException("Unsqueeze without axes");
        }
        int[] dims = new int[x.rank() + axes.length];
        for (long axis : axes) {
            dims[Call.axis(axis, dims.length)] = 1;
        }
        int next = 0;
        for (int i = 0; i < dims.length; i++) {
            dims[i] = dims[i] == 1 ? 1 : x.dims()[next++];
        }
        return x.reshaped(dims);
    }

    private static DenseTensor expand(Call call) {
        DenseTensor x = call.input(0);
        int[] wanted = Arrays.stream(Call.integers(call.input(1)))
                .mapToInt(Math::toIntExact)
                .toArray();
        int[] dims = Broadcast.shape(x.dims(), wanted);
        return Arrays.equals(dims, x.dims()) ? x : gathered(x, dims, Broadcast.index(x.dims(), dims));
    }

    private static DenseTensor transpose(Call call) {
        DenseTensor x = call.input(0);
        long[] given = NodeAttributes.integers(call.node(), "perm");
        int[] perm = given == null
                ? IntStream.range(0, x.rank()).map(i -> x.rank() - 1 - i).toArray()
                : Arrays.stream(given).mapToInt(Math::toIntExact).toArray();
        int[] strides = new int[x.rank()];
        int stride = 1;
        for (int i = x.rank() - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= x.dims()[i];
        }
        int[] dims = Arrays.stream(perm).map(axis -> x.dims()[axis]).toArray();
        return gathered(x, dims, i -> {
            int rest = i;
            int at = 0;
            for (int axis = dims.length - 1; axis >= 0; axis--) {
                at += rest % dims[axis] * strides[perm[axis]];
                rest /= dims[axis];
            }
            return at;
        });
    }

    /** A tensor whose elements are those of {@code x} at the given positions. */
    static DenseTensor gathered(DenseTensor x, int[] dims, Broadcast.Index index) {
        DenseTensor y = new DenseTensor(x.type(), dims);
        for (int i = 0; i < y.size(); i++) {
            if (x.isFloating()) {
                y.set(i, x.real(index.of(i)));
            } else {
                y.set(i, x.integer(index.of(i)));
            }
        }
        return y;
    }
}
