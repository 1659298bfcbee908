package io.github.bitnetort.export.rewrite;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Operators that pick, join and place parts of tensors. */
final class SelectionOperators {
    private SelectionOperators() {}

    static void register(Map<String, Call.Operator> operators) {
        operators.put("Concat", SelectionOperators::concat);
        operators.put("Split", SelectionOperators::split);
        operators.put("Slice", SelectionOperators::slice);
        operators.put("Gather", SelectionOperators::gather);
        operators.put("ScatterND", SelectionOperators::scatterNd);
        operators.put("ScatterElements", SelectionOperators::scatterElements);
        operators.put("Tile", SelectionOperators::tile);
    }

    private static DenseTensor concat(Call call) {
        List<DenseTensor> parts =
                call.inputs().stream().filter(Objects::nonNull).toList();
        DenseTensor first = call.input(0);
        int axis = Call.axis(call.integer("axis", 0), first.rank());
        int[] dims = first.dims().clone();
        dims[axis] = parts.stream().mapToInt(part -> part.dims()[axis]).sum();
        DenseTensor y = new DenseTensor(first.type(), dims);
        int outer = DenseTensor.elements(Arrays.copyOf(dims, axis));
        int at = 0;
        for (int o = 0; o < outer; o++) {
            for (DenseTensor part : parts) {
                int run = part.size() / outer;
                part.copyTo(y, o * run, at, run);
                at += run;
            }
        }
        return y;
    }

    private static DenseTensor split(Call call) {
        DenseTensor x = call.input(0);
        int axis = Call.axis(call.integer("axis", 0), x.rank());
        long[] sizes = call.integers(1, "split");
        int length = x.dims()[axis];
        if (sizes == null) {
            int count = (int) call.integer("num_outputs", call.node().getOutputCount());
            int each = (length + count - 1) / count;
            sizes = new long[count];
            Arrays.fill(sizes, each);
            sizes[count - 1] = length - (long) each * (count - 1);
        }
        long start = Arrays.stream(sizes, 0, call.output()).sum();
        return range(x, axis, (int) start, 1, (int) sizes[call.output()]);
    }

    private static DenseTensor slice(Call call) {
        DenseTensor y = call.input(0);
        long[] starts = call.integers(1, "starts");
        long[] ends = call.integers(2, "ends");
        long[] axes = call.integers(3, "axes");
        DenseTensor steps = call.optional(4);
        for (int i = 0; i < starts.length; i++) {
            int axis = axes == null ? i : Call.axis(axes[i], y.rank());
            long step = steps == null ? 1 : steps.integer(i);
            long length = y.dims()[axis];
            long low = step > 0 ? 0 : -1;
            long start = clamp(starts[i] < 0 ? starts[i] + length : starts[i], 0, step > 0 ? length : length - 1);
            long end = clamp(ends[i] < 0 ? ends[i] + length : ends[i], low, length);
            long count = Math.max(0, (end - start + step + (step > 0 ? -1 : 1)) / step);
            y = range(y, axis, (int) start, (int) step, (int) count);
        }
        return y;
    }

    private static long clamp(long value, long low, long high) {
        return Math.max(low, Math.min(high, value));
    }

    private static DenseTensor range(DenseTensor x, int axis, int start, int step, int count) {
        int[] indices = new int[count];
        for (int i = 0; i < count; i++) {
            indices[i] = start + i * step;
        }
        int[] dims = x.dims().clone();
        dims[axis] = count;
        return take(x, axis, indices, dims);
    }

    private static DenseTensor gather(Call call) {
        DenseTensor x = call.input(0);
        DenseTensor wanted = call.input(1);
        int axis = Call.axis(call.integer("axis", 0), x.rank());
        int[] indices = new int[wanted.size()];
        for (int i = 0; i < indices.length; i++) {
            long index = wanted.integer(i);
            indices[i] = (int) (index < 0 ? index + x.dims()[axis] : index);
        }
        int[] dims = new int[x.rank() - 1 + wanted.rank()];
        System.arraycopy(x.dims(), 0, dims, 0, axis);
        System.arraycopy(wanted.dims(), 0, dims, axis, wanted.rank());
        System.arraycopy(x.dims(), axis + 1, dims, axis + wanted.rank(), x.rank() - axis - 1);
        return take(x, axis, indices, dims);
    }

    private static DenseTensor take(DenseTensor x, int axis, int[] indices, int[] dims) {
        DenseTensor y = new DenseTensor(x.type(), dims);
        int inner = DenseTensor.elements(Arrays.copyOfRange(x.dims(), axis + 1, x.rank()));
        int outer = DenseTensor.elements(Arrays.copyOf(x.dims(), axis));
        int length = x.dims()[axis];
        int at = 0;
        for (int o = 0; o < outer; o++) {
            for (int index : indices) {
                Objects.checkIndex(index, length);
                x.copyTo(y, (o * length + index) * inner, at, inner);
                at += inner;
            }
        }
        return y;
    }

    private static DenseTensor scatterNd(Call call) {
        noReduction(call);
        DenseTensor y = call.input(0).copy();
        DenseTensor indices = call.input(1);
        DenseTensor updates = call.input(2);
        int depth = indices.dims()[indices.rank() - 1];
        int run = DenseTensor.elements(Arrays.copyOfRange(y.dims(), depth, y.rank()));
        int places = depth == 0 ? 1 : indices.size() / depth;
        for (int place = 0; place < places; place++) {
            int at = 0;
            for (int i = 0; i < depth; i++) {
                long index = indices.integer(place * depth + i);
                int length = y.dims()[i];
                at = at * length + Objects.checkIndex((int) (index < 0 ? index + length : index), length);
            }
            updates.copyTo(y, place * run, at * run, run);
        }
        return y;
    }

    private static DenseTensor scatterElements(Call call) {
        noReduction(call);
        DenseTensor y = call.input(0).copy();
        DenseTensor indices = call.input(1);
        DenseTensor updates = call.input(2);
        int axis = Call.axis(call.integer("axis", 0), y.rank());
        for (int i = 0; i < indices.size(); i++) {
            int rest = i;
            int at = 0;
            int stride = 1;
            for (int a = y.rank() - 1; a >= 0; a--) {
                long index = a == axis ? indices.integer(i) : rest % indices.dims()[a];
                at += (int) (index < 0 ? index + y.dims()[a] : index) * stride;
                rest /= indices.dims()[a];
                stride *= y.dims()[a];
            }
            updates.copyTo(y, i, at, 1);
        }
        return y;
    }

    private static void noReduction(Call call) {
        String reduction = NodeAttributes.text(call.node(), "reduction", "none");
        if (!reduction.equals("none")) {
            throw new EvaluationException(call.node().getOpType() + " with reduction " + reduction);
        }
    }

    private static DenseTensor tile(Call call) {
        DenseTensor y = call.input(0);
        for (int axis = 0; axis < y.rank(); axis++) {
            int repeats = Math.toIntExact(call.input(1).integer(axis));
            int length = y.dims()[axis];
            int[] indices = new int[length * repeats];
            Arrays.setAll(indices, i -> i % length);
            int[] dims = y.dims().clone();
            dims[axis] = indices.length;
            y = take(y, axis, indices, dims);
        }
        return y;
    }
}
