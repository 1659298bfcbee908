package io.github.bitnetort.export.model;

import static io.github.bitnetort.export.graph.OnnxOperator.ADD;
import static io.github.bitnetort.export.graph.OnnxOperator.CAST;
import static io.github.bitnetort.export.graph.OnnxOperator.CONCAT;
import static io.github.bitnetort.export.graph.OnnxOperator.IDENTITY;
import static io.github.bitnetort.export.graph.OnnxOperator.MAT_MUL_INTEGER;
import static io.github.bitnetort.export.graph.OnnxOperator.MUL;
import static io.github.bitnetort.export.graph.OnnxOperator.REDUCE_SUM;
import static io.github.bitnetort.export.graph.OnnxOperator.RESHAPE;
import static io.github.bitnetort.export.graph.OnnxOperator.SHAPE;
import static io.github.bitnetort.export.graph.OnnxOperator.SLICE;
import static io.github.bitnetort.export.graph.OnnxOperator.TRANSPOSE;
import static io.github.bitnetort.export.graph.OnnxOperator.UNSQUEEZE;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.FunctionBuilder;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.Packing;
import java.util.ArrayList;
import java.util.List;

/**
 * CustomBitMatMul as a model-local function of standard operators, with the bits of the contract: the order of the
 * epilogue is one that no optimizer of ONNX Runtime re-associates. Sums over blocks have no fixed order there, so with
 * a block size the last bits may differ.
 */
public final class PortableBody {
    /** The version of ONNX's operator set that the body is written in, unless asked otherwise. */
    public static final long ONNX_OPSET = 18;

    /** The oldest version for which the body can be written, where there are no blocks. */
    public static final long OLDEST_OPSET = 13;

    private final Variant variant;
    private final FunctionBuilder body;
    private final BodyValues values;

    /** What a body is written for; a model holds one body, so its nodes share these. */
    public record Variant(Packing packing, Activation activation, int blockSize, boolean bias) {
        private String describe() {
            return packing.onnxName() + ", " + activation.onnxName() + ", block_size " + blockSize
                    + (bias ? ", bias" : ", no bias");
        }
    }

    private PortableBody(Variant variant, long onnxOpset) {
        this.variant = variant;
        List<String> inputs = new ArrayList<>();
        CustomBitMatMul.INPUTS.stream()
                .filter(input -> !input.optional() || variant.bias)
                .forEach(input -> inputs.add(input.name()));
        this.body = new FunctionBuilder(OnnxOperator.CUSTOM_BIT_MAT_MUL, onnxOpset, inputs)
                .doc("The operator in standard operators, for " + variant.describe() + ".");
        this.values = new BodyValues(body, onnxOpset);
    }

    /** The function for that variant. */
    public static FunctionProto of(Variant variant) {
        return of(variant, ONNX_OPSET);
    }

    /**
     * The function in the operators of that version, for models that are made of an older one: runtimes put the body
     * among the model's own nodes.
     *
     * @throws io.github.bitnetort.export.ExportException for a version in which it cannot be written
     */
    public static FunctionProto of(Variant variant, long onnxOpset) {
        PortableBody body = new PortableBody(variant, onnxOpset);
        String product = variant.blockSize > 0 ? body.blocked() : body.whole();
        return body.finish(product);
    }

    private FunctionProto finish(String product) {
        String y = CustomBitMatMul.Y.name();
        return body.build(List.of(
                variant.bias
                        ? body.add(ADD, y, List.of(product, CustomBitMatMul.BIAS.name()))
                        : body.add(IDENTITY, y, List.of(product))));
    }

    /** One scale a row of X: (float(acc) * scale) * (1 / s). */
    private String whole() {
        String weights = new BodyWeights(body, values, variant.packing).matrix();
        String columns = body.add(TRANSPOSE, "weights_kn", List.of(weights), perm(1, 0));
        BodyActivations activations = new BodyActivations(body, values);
        String x = CustomBitMatMul.X.name();
        if (variant.activation == Activation.SIGN) {
            String acc = accumulate(activations.sign(x), columns);
            return body.add(MUL, "scaled", List.of(acc, CustomBitMatMul.SCALE.name()));
        }
        BodyActivations.Quantized quantized = activations.int8(x);
        String scaled =
                body.add(MUL, "scaled", List.of(accumulate(quantized.values(), columns), CustomBitMatMul.SCALE.name()));
        return body.add(MUL, "product", List.of(scaled, quantized.unit()));
    }

    /** As whole, of X as [M, G, B], with blocks as the batch of the product: [G, M, B] x [G, B, N]. */
    private String blocked() {
        String blockSize = values.list(variant.blockSize);
        String blocks = body.add(OnnxOperator.DIV, "blocks", List.of(values.k(), blockSize));
        String x = body.add(
                RESHAPE,
                "x_blocks",
                List.of(CustomBitMatMul.X.name(), concat("x_blocks_shape", values.list(-1), blocks, blockSize)));
        BodyActivations.Quantized quantized = new BodyActivations(body, values).int8(x);
        String weights = new BodyWeights(body, values, variant.packing).matrix();
        String split = body.add(
                RESHAPE, "weights_blocks", List.of(weights, concat("weights_shape", values.n(), blocks, blockSize)));
        String columns = body.add(TRANSPOSE, "weights_gbn", List.of(split), perm(1, 2, 0));
        String rows = body.add(TRANSPOSE, "q_gmb", List.of(quantized.values()), perm(1, 0, 2));
        String units = body.add(TRANSPOSE, "units_gm1", List.of(quantized.unit()), perm(1, 0, 2));
        String scaled = body.add(MUL, "scaled", List.of(accumulate(rows, columns), blockScale(blocks)));
        String products = body.add(MUL, "products", List.of(scaled, units));
        String sum =
                body.add(REDUCE_SUM, "product_2d", List.of(products, values.list(0)), Attributes.of("keepdims", 0));
        String leading = body.add(
                SHAPE,
                "leading_dims",
                List.of(CustomBitMatMul.X.name()),
                Attributes.of("start", 0),
                Attributes.of("end", -1));
        // Dimensions of 0 are meant: there may be no rows.
        return body.add(
                RESHAPE,
                "product",
                List.of(sum, concat("y_shape", leading, values.n())),
                Attributes.of("allowzero", 1));
    }

    /** The tiled scale [T, G, 16] as [G, 1, N]. */
    private String blockScale(String blocks) {
        String byBlock = body.add(TRANSPOSE, "scale_gtr", List.of(CustomBitMatMul.SCALE.name()), perm(1, 0, 2));
        String padded =
                body.add(RESHAPE, "scale_padded", List.of(byBlock, concat("scale_shape", blocks, values.list(-1))));
        String exact = body.add(SLICE, "scale_gn", List.of(padded, values.list(0), values.n(), values.list(1)));
        return body.add(UNSQUEEZE, "scale_g1n", List.of(exact, values.list(1)));
    }

    private String accumulate(String activations, String weights) {
        String acc = body.add(MAT_MUL_INTEGER, "acc_int32", List.of(activations, weights));
        return body.add(CAST, "acc", List.of(acc), Attributes.to(DataType.FLOAT));
    }

    private String concat(String name, String... parts) {
        return body.add(CONCAT, name, List.of(parts), Attributes.of("axis", 0));
    }

    private static AttributeProto perm(long... axes) {
        return Attributes.of("perm", axes);
    }
}
