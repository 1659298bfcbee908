package io.github.bitnetort.export.model;

import static io.github.bitnetort.export.graph.OnnxOperator.ADD;
import static io.github.bitnetort.export.graph.OnnxOperator.BITWISE_AND;
import static io.github.bitnetort.export.graph.OnnxOperator.BIT_SHIFT;
import static io.github.bitnetort.export.graph.OnnxOperator.CAST;
import static io.github.bitnetort.export.graph.OnnxOperator.CONCAT;
import static io.github.bitnetort.export.graph.OnnxOperator.CUSTOM_MAT_MUL_N_BITS;
import static io.github.bitnetort.export.graph.OnnxOperator.DIV;
import static io.github.bitnetort.export.graph.OnnxOperator.FLOOR;
import static io.github.bitnetort.export.graph.OnnxOperator.MAT_MUL_INTEGER;
import static io.github.bitnetort.export.graph.OnnxOperator.MUL;
import static io.github.bitnetort.export.graph.OnnxOperator.REDUCE_SUM;
import static io.github.bitnetort.export.graph.OnnxOperator.RESHAPE;
import static io.github.bitnetort.export.graph.OnnxOperator.SHAPE;
import static io.github.bitnetort.export.graph.OnnxOperator.SPLIT;
import static io.github.bitnetort.export.graph.OnnxOperator.SUB;
import static io.github.bitnetort.export.graph.OnnxOperator.TRANSPOSE;
import static io.github.bitnetort.export.graph.OnnxOperator.UNSQUEEZE;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.FunctionBuilder;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomMatMulNBits;
import io.github.bitnetort.ops.FixedPointActivations;
import java.util.List;

/**
 * CustomMatMulNBits as a model-local function of standard operators, with the bits of the contract; with a block size the
 * sum over blocks has no fixed order, so the last bits may differ. A model holds one such body.
 *
 * <p>W stands on the left of one integer product and the two digits of all rows of X on the right: with 8 bits and no
 * blocks it is used where it lies, where ONNX Runtime would repack or fold a constant on the right into a copy. Both are
 * unsigned, since ONNX Runtime's product of unsigned and signed bytes saturates on CPUs without VNNI.
 */
public final class PortableNBitsBody {
    /** The version of ONNX's operator set that the body needs. */
    public static final long ONNX_OPSET = PortableBody.ONNX_OPSET;

    private static final int DIGIT = 128;

    private final int bits;
    private final int blockSize;
    private final FunctionBuilder body;
    private final BodyValues values;

    private PortableNBitsBody(int bits, int blockSize) {
        this.bits = bits;
        this.blockSize = blockSize;
        this.body = new FunctionBuilder(
                        CUSTOM_MAT_MUL_N_BITS,
                        ONNX_OPSET,
                        CustomMatMulNBits.INPUTS.stream()
                                .map(input -> input.name())
                                .toList())
                .doc("The operator in standard operators, for " + bits + " bits, block_size " + blockSize + ".");
        this.values = new BodyValues(body, ONNX_OPSET);
    }

    /**
     * The function for nodes of that kind.
     *
     * @param bits 8 or 4
     * @param blockSize as the nodes have it, 0 for none
     */
    public static FunctionProto of(int bits, int blockSize) {
        return new PortableNBitsBody(bits, blockSize).build();
    }

    private FunctionProto build() {
        String x = CustomMatMulNBits.X.name();
        BodyActivations.Quantized quantized = new BodyActivations(body, values)
                .rounded(x, FixedPointActivations.MIN_ABSMAX, FixedPointActivations.LARGEST);
        String rows =
                body.add(RESHAPE, "q", List.of(quantized.values(), concat("q_shape", values.list(-1), values.k())));
        String scaled = blockSize > 0 ? blocked(digits(rows)) : whole(digits(rows));
        String turned = body.add(TRANSPOSE, "scaled_mn", List.of(scaled), Attributes.of("perm", new long[] {1, 0}));
        String leading =
                body.add(SHAPE, "leading_dims", List.of(x), Attributes.of("start", 0), Attributes.of("end", -1));
        // Dimensions of 0 are meant: there may be no rows.
        String shaped = body.add(
                RESHAPE,
                "scaled_shaped",
                List.of(turned, concat("y_shape", leading, values.n())),
                Attributes.of("allowzero", 1));
        return body.build(List.of(body.add(MUL, CustomMatMulNBits.Y.name(), List.of(shaped, quantized.unit()))));
    }

    /** q [M, K] as floats to its high digits and then its low ones, uint8 [2 M, K], 128 above their values. */
    private String digits(String q) {
        String shifted = body.add(ADD, "q_shifted", List.of(q, values.scalar(DIGIT / 2)));
        String high = body.add(
                FLOOR, "high", List.of(body.add(MUL, "q_in_digits", List.of(shifted, values.scalar(1f / DIGIT)))));
        String low = body.add(SUB, "low", List.of(q, body.add(MUL, "high_value", List.of(high, values.scalar(DIGIT)))));
        String both = concat("digits", high, low);
        String unsigned = body.add(ADD, "digits_unsigned", List.of(both, values.scalar(DIGIT)));
        return body.add(CAST, "digits_uint8", List.of(unsigned), Attributes.to(DataType.UINT8));
    }

    /** float(acc) * scale, [N, M]. */
    private String whole(String digits) {
        String columns = body.add(TRANSPOSE, "digits_km", List.of(digits), Attributes.of("perm", new long[] {1, 0}));
        return body.add(MUL, "scaled", List.of(sums(numbers(), columns), CustomMatMulNBits.SCALE.name()));
    }

    /** The same of X as [2 M, G, B], with blocks as the batch of the product: [G, N, B] x [G, B, 2 M]. */
    private String blocked(String digits) {
        String blocks = body.add(DIV, "blocks", List.of(values.k(), values.list(blockSize)));
        String size = values.list(blockSize);
        String split = body.add(
                RESHAPE, "digit_blocks", List.of(digits, concat("digits_shape", values.list(-1), blocks, size)));
        String columns = body.add(TRANSPOSE, "digits_gbm", List.of(split), Attributes.of("perm", new long[] {1, 2, 0}));
        String rows = body.add(
                RESHAPE, "number_blocks", List.of(numbers(), concat("numbers_shape", values.n(), blocks, size)));
        String weights = body.add(TRANSPOSE, "numbers_gnb", List.of(rows), Attributes.of("perm", new long[] {1, 0, 2}));
        String scale = body.add(
                TRANSPOSE, "scale_gn", List.of(CustomMatMulNBits.SCALE.name()), Attributes.of("perm", new long[] {1, 0
                }));
        String column = body.add(UNSQUEEZE, "scale_gn1", List.of(scale, values.list(-1)));
        String products = body.add(MUL, "block_products", List.of(sums(weights, columns), column));
        return body.add(REDUCE_SUM, "scaled", List.of(products, values.list(0)), Attributes.of("keepdims", 0));
    }

    /** float(acc) of the products with both digits. Sums are whole numbers below 2^38: doubles hold them. */
    private String sums(String weights, String columns) {
        String products = body.add(
                MAT_MUL_INTEGER,
                "products",
                List.of(weights, columns, uint8("weight_zero", 1 << (bits - 1)), uint8("digit_zero", DIGIT)));
        String exact = body.add(CAST, "products_double", List.of(products), Attributes.to(DataType.DOUBLE));
        // [..., 2 M] as [..., 2, M]: Split refuses to cut an axis of length 0, which there is without rows.
        boolean batched = blockSize > 0;
        String byDigit = body.add(
                RESHAPE,
                "products_by_digit",
                List.of(exact, batched ? values.list(0, 0, 2, -1) : values.list(0, 2, -1)));
        List<String> digits = body.add(
                SPLIT,
                "product_digits",
                List.of(byDigit),
                List.of("high_product", "low_product"),
                Attributes.of("axis", -2),
                Attributes.of("num_outputs", 2));
        String digit = body.add(CAST, "digit_double", List.of(values.scalar(DIGIT)), Attributes.to(DataType.DOUBLE));
        String high = body.add(MUL, "high_part", List.of(digits.get(0), digit));
        String acc = body.add(ADD, "acc_double", List.of(high, digits.get(1)));
        String rounded = body.add(CAST, "acc_by_digit", List.of(acc), Attributes.to(DataType.FLOAT));
        return body.add(RESHAPE, "acc", List.of(rounded, batched ? values.list(0, 0, -1) : values.list(0, -1)));
    }

    /** W as numbers, uint8 [N, K]. */
    private String numbers() {
        String bytes = CustomMatMulNBits.W.name();
        if (bits == 8) {
            return bytes;
        }
        String even = body.add(BITWISE_AND, "even", List.of(bytes, uint8("nibble_mask", 15)));
        String odd = body.add(
                BIT_SHIFT, "odd", List.of(bytes, uint8("nibble_shift", 4)), Attributes.of("direction", "RIGHT"));
        String pairs = body.add(
                CONCAT,
                "pairs",
                List.of(
                        body.add(UNSQUEEZE, "even_column", List.of(even, values.list(-1))),
                        body.add(UNSQUEEZE, "odd_column", List.of(odd, values.list(-1)))),
                Attributes.of("axis", -1));
        return body.add(RESHAPE, "numbers", List.of(pairs, concat("numbers_2d", values.n(), values.k())));
    }

    private String uint8(String name, int value) {
        return body.constant(Tensors.bytes(name, new long[0], (byte) value));
    }

    private String concat(String name, String... parts) {
        return body.add(CONCAT, name, List.of(parts), Attributes.of("axis", 0));
    }
}
