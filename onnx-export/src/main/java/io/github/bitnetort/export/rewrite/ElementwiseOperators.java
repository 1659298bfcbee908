package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/** Operators that work element by element. */
final class ElementwiseOperators {
    private ElementwiseOperators() {}

    static void register(Map<String, Call.Operator> operators) {
        unary(operators, "Abs", Math::abs, Math::abs);
        unary(operators, "Neg", x -> -x, x -> -x);
        unary(operators, "Reciprocal", x -> 1 / x, null);
        unary(operators, "Sqrt", Math::sqrt, null);
        unary(operators, "Exp", Math::exp, null);
        unary(operators, "Log", Math::log, null);
        unary(operators, "Tanh", Math::tanh, null);
        unary(operators, "Floor", Math::floor, null);
        unary(operators, "Ceil", Math::ceil, null);
        unary(operators, "Round", Math::rint, null);
        unary(operators, "Sign", Math::signum, Long::signum);
        unary(operators, "Relu", x -> x < 0 ? 0 : x, x -> Math.max(x, 0));
        unary(operators, "Not", null, x -> x == 0 ? 1 : 0);
        unary(operators, "BitwiseNot", null, x -> ~x);
        binary(operators, "Add", Double::sum, Long::sum);
        binary(operators, "Sub", (a, b) -> a - b, (a, b) -> a - b);
        binary(operators, "Mul", (a, b) -> a * b, (a, b) -> a * b);
        binary(operators, "Div", (a, b) -> a / b, (a, b) -> a / b);
        binary(operators, "Pow", Math::pow, (a, b) -> (long) Math.pow(a, b));
        binary(operators, "And", null, (a, b) -> a & b);
        binary(operators, "Or", null, (a, b) -> a | b);
        binary(operators, "Xor", null, (a, b) -> a ^ b);
        binary(operators, "BitwiseAnd", null, (a, b) -> a & b);
        binary(operators, "BitwiseOr", null, (a, b) -> a | b);
        binary(operators, "BitwiseXor", null, (a, b) -> a ^ b);
        variadic(operators, "Max", Math::max, Math::max);
        variadic(operators, "Min", Math::min, Math::min);
        comparison(operators, "Equal", (a, b) -> a == b ? 1 : 0, (a, b) -> a == b ? 1 : 0);
        comparison(operators, "Less", (a, b) -> a < b ? 1 : 0, (a, b) -> a < b ? 1 : 0);
        comparison(operators, "LessOrEqual", (a, b) -> a <= b ? 1 : 0, (a, b) -> a <= b ? 1 : 0);
        comparison(operators, "Greater", (a, b) -> a > b ? 1 : 0, (a, b) -> a > b ? 1 : 0);
        comparison(operators, "GreaterOrEqual", (a, b) -> a >= b ? 1 : 0, (a, b) -> a >= b ? 1 : 0);
        operators.put("Mod", ElementwiseOperators::mod);
        operators.put("BitShift", ElementwiseOperators::bitShift);
        operators.put("Where", ElementwiseOperators::where);
        operators.put("Clip", ElementwiseOperators::clip);
    }

    private static void unary(
            Map<String, Call.Operator> operators, String name, DoubleUnaryOperator real, LongUnaryOperator integer) {
        operators.put(name, call -> {
            DenseTensor x = call.input(0);
            DenseTensor y = new DenseTensor(x.type(), x.dims());
            if (x.isFloating()) {
                require(real, call);
                for (int i = 0; i < y.size(); i++) {
                    y.set(i, real.applyAsDouble(x.real(i)));
                }
            } else {
                require(integer, call);
                for (int i = 0; i < y.size(); i++) {
                    y.set(i, integer.applyAsLong(x.integer(i)));
                }
            }
            return y;
        });
    }

    private static void binary(
            Map<String, Call.Operator> operators, String name, DoubleBinaryOperator real, LongBinaryOperator integer) {
        operators.put(name, call -> apply(call, call.input(0), call.input(1), real, integer, null));
    }

    private static void comparison(
            Map<String, Call.Operator> operators, String name, DoubleBinaryOperator real, LongBinaryOperator integer) {
        operators.put(name, call -> apply(call, call.input(0), call.input(1), real, integer, DataType.BOOL));
    }

    private static void variadic(
            Map<String, Call.Operator> operators, String name, DoubleBinaryOperator real, LongBinaryOperator integer) {
        operators.put(name, call -> {
            DenseTensor result = call.input(0);
            for (int i = 1; i < call.inputs().size(); i++) {
                result = apply(call, result, call.input(i), real, integer, null);
            }
            return result;
        });
    }

    /** @param type of the result; null: that of the operands */
    private static DenseTensor apply(
            Call call,
            DenseTensor a,
            DenseTensor b,
            DoubleBinaryOperator real,
            LongBinaryOperator integer,
            DataType type) {
        DenseTensor y = new DenseTensor(type == null ? a.type() : type, Broadcast.shape(a.dims(), b.dims()));
        Broadcast.Index ia = Broadcast.index(a.dims(), y.dims());
        Broadcast.Index ib = Broadcast.index(b.dims(), y.dims());
        if (a.isFloating()) {
            require(real, call);
            for (int i = 0; i < y.size(); i++) {
                y.set(i, real.applyAsDouble(a.real(ia.of(i)), b.real(ib.of(i))));
            }
        } else {
            require(integer, call);
            try {
                for (int i = 0; i < y.size(); i++) {
                    y.set(i, integer.applyAsLong(a.integer(ia.of(i)), b.integer(ib.of(i))));
                }
            } catch (ArithmeticException e) {
                throw new EvaluationException(call.node().getOpType() + ": " + e.getMessage());
            }
        }
        return y;
    }

    private static DenseTensor mod(Call call) {
        boolean truncated = call.integer("fmod", 0) != 0;
        LongBinaryOperator integer = truncated ? (a, b) -> a % b : Math::floorMod;
        return apply(call, call.input(0), call.input(1), (a, b) -> a % b, integer, null);
    }

    private static DenseTensor bitShift(Call call) {
        boolean left = NodeAttributes.text(call.node(), "direction", "").equals("LEFT");
        LongBinaryOperator shift = (a, b) -> b > 63 ? 0 : left ? a << b : a >>> b;
        return apply(call, call.input(0), call.input(1), null, shift, null);
    }

    private static DenseTensor where(Call call) {
        DenseTensor condition = call.input(0);
        DenseTensor a = call.input(1);
        DenseTensor b = call.input(2);
        DenseTensor y = new DenseTensor(a.type(), Broadcast.shape(condition.dims(), a.dims(), b.dims()));
        Broadcast.Index ic = Broadcast.index(condition.dims(), y.dims());
        Broadcast.Index ia = Broadcast.index(a.dims(), y.dims());
        Broadcast.Index ib = Broadcast.index(b.dims(), y.dims());
        for (int i = 0; i < y.size(); i++) {
            boolean first = condition.integer(ic.of(i)) != 0;
            if (a.isFloating()) {
                y.set(i, first ? a.real(ia.of(i)) : b.real(ib.of(i)));
            } else {
                y.set(i, first ? a.integer(ia.of(i)) : b.integer(ib.of(i)));
            }
        }
        return y;
    }

    private static DenseTensor clip(Call call) {
        DenseTensor y = call.input(0).copy();
        double low = bound(call, 1, "min", Double.NEGATIVE_INFINITY);
        double high = bound(call, 2, "max", Double.POSITIVE_INFINITY);
        for (int i = 0; i < y.size(); i++) {
            double x = y.real(i);
            if (x < low || x > high) {
                y.set(i, Math.min(Math.max(x, low), high));
            }
        }
        return y;
    }

    private static double bound(Call call, int index, String attribute, double otherwise) {
        DenseTensor input = call.optional(index);
        if (input != null) {
            return input.real(0);
        }
        return NodeAttributes.find(call.node(), attribute)
                .map(found -> (double) found.getF())
                .orElse(otherwise);
    }

    private static void require(Object implementation, Call call) {
        if (implementation == null) {
            throw new EvaluationException(
                    call.node().getOpType() + " of " + call.input(0).type());
        }
    }
}
