package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.util.Map;

/** Operators that make constants, change types, or go between integers and what they stand for. */
final class TypeOperators {
    private TypeOperators() {}

    static void register(Map<String, Call.Operator> operators) {
        operators.put("Constant", TypeOperators::constant);
        operators.put("ConstantOfShape", TypeOperators::constantOfShape);
        operators.put("Range", TypeOperators::range);
        operators.put("Cast", call -> cast(call.input(0), DataType.forNumber((int) call.integer("to", 0))));
        operators.put("CastLike", call -> cast(call.input(0), call.input(1).type()));
        operators.put("DequantizeLinear", TypeOperators::dequantizeLinear);
        operators.put("QuantizeLinear", TypeOperators::quantizeLinear);
    }

    private static DenseTensor constant(Call call) {
        if (call.node().getAttributeCount() != 1) {
            throw new EvaluationException("Constant with " + call.node().getAttributeCount() + " attributes");
        }
        AttributeProto value = call.node().getAttribute(0);
        return switch (value.getName()) {
            case "value" -> TensorLoader.load(value.getT());
            case "value_int" -> DenseTensor.longs(value.getI()).reshaped();
            case "value_ints" ->
                DenseTensor.longs(
                        value.getIntsList().stream().mapToLong(Long::longValue).toArray());
            case "value_float" -> DenseTensor.floats(new float[] {value.getF()});
            case "value_floats" -> {
                float[] floats = new float[value.getFloatsCount()];
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = value.getFloats(i);
                }
                yield DenseTensor.floats(floats, floats.length);
            }
            default -> throw new EvaluationException("Constant of attribute " + value.getName());
        };
    }

    private static DenseTensor constantOfShape(Call call) {
        DenseTensor shape = call.input(0);
        int[] dims = new int[shape.size()];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = Math.toIntExact(shape.integer(i));
        }
        DenseTensor value = NodeAttributes.find(call.node(), "value")
                .map(found -> TensorLoader.load(found.getT()))
                .orElseGet(() -> new DenseTensor(DataType.FLOAT, 1));
        return ShapeOperators.gathered(value, dims, i -> 0);
    }

    private static DenseTensor range(Call call) {
        DenseTensor start = call.input(0);
        double delta = call.input(2).real(0);
        int count = (int) Math.max(0, Math.ceil((call.input(1).real(0) - start.real(0)) / delta));
        DenseTensor y = new DenseTensor(start.type(), count);
        for (int i = 0; i < count; i++) {
            y.set(i, start.real(0) + i * delta);
        }
        return y;
    }

    static DenseTensor cast(DenseTensor x, DataType to) {
        if (x.type() == to) {
            return x;
        }
        if (to == null) {
            throw new EvaluationException("Cast to an unknown type");
        }
        DenseTensor y = new DenseTensor(to, x.dims());
        boolean real = x.isFloating() || y.isFloating();
        for (int i = 0; i < y.size(); i++) {
            if (real) {
                y.set(i, x.real(i));
            } else {
                y.set(i, x.integer(i));
            }
        }
        return y;
    }

    private static DenseTensor dequantizeLinear(Call call) {
        DenseTensor x = call.input(0);
        DenseTensor scale = call.input(1);
        DenseTensor zero = call.optional(2);
        Broadcast.Index index = parameterIndex(call, x, scale);
        DenseTensor y = new DenseTensor(scale.type(), x.dims());
        for (int i = 0; i < y.size(); i++) {
            int at = index.of(i);
            y.set(i, (x.integer(i) - (zero == null ? 0 : zero.integer(at))) * scale.real(at));
        }
        return y;
    }

    private static DenseTensor quantizeLinear(Call call) {
        DenseTensor x = call.input(0);
        DenseTensor scale = call.input(1);
        DenseTensor zero = call.optional(2);
        DataType type = zero == null ? DataType.UINT8 : zero.type();
        int low = type == DataType.UINT8 ? 0 : -128;
        if (type != DataType.UINT8 && type != DataType.INT8) {
            throw new EvaluationException("QuantizeLinear to " + type);
        }
        Broadcast.Index index = parameterIndex(call, x, scale);
        DenseTensor y = new DenseTensor(type, x.dims());
        for (int i = 0; i < y.size(); i++) {
            int at = index.of(i);
            double code = Math.rint((float) (x.real(i) / scale.real(at))) + (zero == null ? 0 : zero.integer(at));
            y.set(i, (long) Math.max(low, Math.min(low + 255, code)));
        }
        return y;
    }

    /** Parameters are one, one for each index of an axis, or one for each block of an axis. */
    private static Broadcast.Index parameterIndex(Call call, DenseTensor x, DenseTensor scale) {
        if (scale.size() == 1) {
            return i -> 0;
        }
        int axis = Call.axis(call.integer("axis", 1), x.rank());
        int block = (int) Math.max(1, call.integer("block_size", 0));
        int inner = 1;
        for (int i = axis + 1; i < x.rank(); i++) {
            inner *= x.dims()[i];
        }
        int run = inner;
        int length = x.dims()[axis];
        int blocks = (length + block - 1) / block;
        boolean blocked = scale.rank() > 1;
        return i -> {
            int at = i / run % length;
            return blocked ? (i / run / length * blocks + at / block) * run + i % run : at;
        };
    }
}
