package io.github.bitnetort.export.model;

import static io.github.bitnetort.export.graph.OnnxOperator.BIT_SHIFT;
import static io.github.bitnetort.export.graph.OnnxOperator.CAST;
import static io.github.bitnetort.export.graph.OnnxOperator.CONCAT;
import static io.github.bitnetort.export.graph.OnnxOperator.DIV;
import static io.github.bitnetort.export.graph.OnnxOperator.MUL;
import static io.github.bitnetort.export.graph.OnnxOperator.RESHAPE;
import static io.github.bitnetort.export.graph.OnnxOperator.RESHAPE_13;
import static io.github.bitnetort.export.graph.OnnxOperator.SHAPE;
import static io.github.bitnetort.export.graph.OnnxOperator.SHAPE_13;
import static io.github.bitnetort.export.graph.OnnxOperator.SLICE;
import static io.github.bitnetort.export.graph.OnnxOperator.SUB;
import static io.github.bitnetort.export.graph.OnnxOperator.TRANSPOSE;
import static io.github.bitnetort.export.graph.OnnxOperator.UNSQUEEZE;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.FunctionBuilder;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.Packing;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of the portable body that unpacks W [T, B, 16]. Byte c of a word holds the weights c, 4 + c, 8 + c, … so
 * bytes become [T, B, 16, 1, 4], and weight numbers within a byte the axis before the last. Runtimes fold all of this
 * when they load constant weights.
 */
final class BodyWeights {
    private final FunctionBuilder body;
    private final BodyValues values;
    private final Packing packing;

    BodyWeights(FunctionBuilder body, BodyValues values, Packing packing) {
        this.body = body;
        this.values = values;
        this.packing = packing;
    }

    /** The weights as int8 [N, K]. */
    String matrix() {
        String digits = switch (packing) {
            case BINARY32 -> minusOne(twice(bits(1, 8)));
            case TERNARY16 -> minusOne(bits(2, 4));
            case TERNARY20 -> minusOne(trits());
        };
        String int8 = body.add(CAST, "weights_tbr", List.of(digits), Attributes.to(DataType.INT8));
        String words =
                reshape("weights_words", int8, values.list(0, 0, CustomBitMatMul.TILE_ROWS, packing.weightsPerWord()));
        String rows =
                body.add(TRANSPOSE, "weights_trb", List.of(words), Attributes.of("perm", new long[] {0, 2, 1, 3}));
        // [T, 16, B * P], then [T * 16, B * P]; a zero keeps a dimension.
        String joined = reshape("weights_rows", rows, values.list(0, 0, -1));
        String width = paddedWidth(joined);
        String shape = body.add(CONCAT, "padded_shape", List.of(values.list(-1), width), Attributes.of("axis", 0));
        String padded = reshape("weights_padded", joined, shape);
        String ends = body.add(CONCAT, "exact_shape", List.of(values.n(), values.k()), Attributes.of("axis", 0));
        return body.add(SLICE, "weights", List.of(padded, values.list(0, 0), ends, values.list(0, 1)));
    }

    /** The last of three dimensions, as a list of one. */
    private String paddedWidth(String rows) {
        if (values.isModern()) {
            return body.add(SHAPE, "padded_k", List.of(rows), Attributes.of("start", 2), Attributes.of("end", 3));
        }
        String dims = body.add(SHAPE_13, "padded_dims", List.of(rows));
        return body.add(SLICE, "padded_k", List.of(dims, values.list(2), values.list(3)));
    }

    private String reshape(String name, String value, String shape) {
        return body.add(values.isModern() ? RESHAPE : RESHAPE_13, name, List.of(value, shape));
    }

    /** The bytes of W, as uint8 [T, B, 16, 1, 4]; by way of int64, where division is a shift. */
    private String bytes() {
        String words = body.add(CAST, "words_int64", List.of(CustomBitMatMul.W.name()), Attributes.to(DataType.INT64));
        String unsigned = values.lowBits("words", words, 32, values::list);
        String columns = body.add(UNSQUEEZE, "word_columns", List.of(unsigned, values.list(3, 4)));
        String shifted = body.add(DIV, "shifted_words", List.of(columns, values.list(1, 1 << 8, 1 << 16, 1 << 24)));
        String bytes = values.lowBits("bytes_int64", shifted, 8, values::list);
        return body.add(CAST, "bytes", List.of(bytes), Attributes.to(DataType.UINT8));
    }

    /** Fields of {@code width} bits, {@code count} a byte, as int32 [T, B, 16, count, 4]. */
    private String bits(int width, int count) {
        byte[] shifts = new byte[count];
        for (int i = 0; i < count; i++) {
            shifts[i] = (byte) (width * i);
        }
        String shift = body.constant(Tensors.bytes("shifts", new long[] {count, 1}, shifts));
        String shifted =
                body.add(BIT_SHIFT, "shifted_bytes", List.of(bytes(), shift), Attributes.of("direction", "RIGHT"));
        return int32("fields", values.lowBits("fields_uint8", shifted, width, this::byteConstant));
    }

    private String byteConstant(long value) {
        return body.constant(Tensors.bytes("field_mask", new long[0], (byte) value));
    }

    /** Base-3 digits, as int32 [T, B, 16, 5, 4]: the next is (3 q) >> 8, and what is left (3 q) & 255. */
    private String trits() {
        String three = int32("three", values.list(3));
        String byteValues = int32("value_of_byte", values.list(256));
        String rest = int32("fraction_0", bytes());
        List<String> digits = new ArrayList<>();
        for (int i = 0; i < packing.weightsPerWord() / 4; i++) {
            String tripled = body.add(MUL, "tripled_" + i, List.of(rest, three));
            digits.add(body.add(DIV, "digit_" + i, List.of(tripled, byteValues)));
            rest = values.lowBits("fraction_" + (i + 1), tripled, 8, values::int32);
        }
        return body.add(CONCAT, "digits", digits, Attributes.of("axis", 3));
    }

    private String twice(String codes) {
        return body.add(MUL, "doubled", List.of(codes, int32("two", values.list(2))));
    }

    private String minusOne(String codes) {
        return body.add(SUB, "weights_int32", List.of(codes, int32("one", values.list(1))));
    }

    private String int32(String name, String value) {
        return body.add(CAST, name, List.of(value), Attributes.to(DataType.INT32));
    }
}
