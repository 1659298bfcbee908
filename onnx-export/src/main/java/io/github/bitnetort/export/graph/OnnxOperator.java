package io.github.bitnetort.export.graph;

import static io.github.bitnetort.export.onnx.AttributeProto.AttributeType.FLOAT;
import static io.github.bitnetort.export.onnx.AttributeProto.AttributeType.GRAPH;
import static io.github.bitnetort.export.onnx.AttributeProto.AttributeType.INT;
import static io.github.bitnetort.export.onnx.AttributeProto.AttributeType.INTS;
import static io.github.bitnetort.export.onnx.AttributeProto.AttributeType.STRING;
import static io.github.bitnetort.export.onnx.AttributeProto.AttributeType.TENSOR;

import io.github.bitnetort.export.onnx.AttributeProto.AttributeType;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.CustomGatedUnit;
import io.github.bitnetort.ops.CustomGroupQueryAttention;
import io.github.bitnetort.ops.CustomMatMulF16;
import io.github.bitnetort.ops.CustomMatMulNBits;
import io.github.bitnetort.ops.CustomRmsNorm;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The operators that models here are built of: how many inputs and outputs each takes, which attributes, and since
 * which version of its operator set it has had that form.
 */
public enum OnnxOperator {
    ABS("Abs", 13, 1, 1),
    ADD("Add", 13, 2, 2),
    AND("And", 7, 2, 2),
    BITWISE_AND("BitwiseAnd", 18, 2, 2),
    BIT_SHIFT("BitShift", 11, 2, 2, required("direction", STRING)),
    CAST("Cast", 13, 1, 1, required("to", INT)),
    CLIP("Clip", 13, 1, 3),
    CONCAT("Concat", 13, 1, Integer.MAX_VALUE, required("axis", INT)),
    CONSTANT(
            "Constant",
            13,
            0,
            0,
            optional("value", TENSOR),
            optional("value_int", INT),
            optional("value_float", FLOAT)),
    COS("Cos", 7, 1, 1),
    CUM_SUM("CumSum", 14, 2, 2, optional("exclusive", INT), optional("reverse", INT)),
    DIV("Div", 13, 2, 2),
    ERF("Erf", 13, 1, 1),
    EXPAND("Expand", 13, 2, 2),
    FLOOR("Floor", 13, 1, 1),
    GATHER("Gather", 13, 2, 2, optional("axis", INT)),
    IDENTITY("Identity", 13, 1, 1),
    LESS("Less", 13, 2, 2),
    LESS_OR_EQUAL("LessOrEqual", 16, 2, 2),
    LOOP("Loop", 16, 1, Integer.MAX_VALUE, Integer.MAX_VALUE, required("body", GRAPH)),
    MAT_MUL("MatMul", 13, 2, 2),
    MAT_MUL_INTEGER("MatMulInteger", 10, 2, 4),
    MOD("Mod", 13, 2, 2, optional("fmod", INT)),
    MUL("Mul", 13, 2, 2),
    NEG("Neg", 13, 1, 1),
    NON_ZERO("NonZero", 13, 1, 1),
    RANGE("Range", 11, 3, 3),
    RECIPROCAL("Reciprocal", 13, 1, 1),
    REDUCE_MAX("ReduceMax", 18, 1, 2, optional("keepdims", INT), optional("noop_with_empty_axes", INT)),
    REDUCE_MEAN("ReduceMean", 18, 1, 2, optional("keepdims", INT), optional("noop_with_empty_axes", INT)),
    REDUCE_SUM("ReduceSum", 13, 1, 2, optional("keepdims", INT), optional("noop_with_empty_axes", INT)),
    RELU("Relu", 14, 1, 1),
    RESHAPE("Reshape", 14, 2, 2, optional("allowzero", INT)),
    ROUND("Round", 11, 1, 1),
    SHAPE("Shape", 15, 1, 1, optional("start", INT), optional("end", INT)),
    SIGMOID("Sigmoid", 13, 1, 1),
    SIN("Sin", 7, 1, 1),
    SLICE("Slice", 13, 3, 5),
    SOFTMAX("Softmax", 13, 1, 1, optional("axis", INT)),
    SPLIT("Split", 18, 1, 2, Integer.MAX_VALUE, optional("axis", INT), optional("num_outputs", INT)),
    SQRT("Sqrt", 13, 1, 1),
    SUB("Sub", 13, 2, 2),
    SQUEEZE("Squeeze", 13, 1, 2),
    TANH("Tanh", 13, 1, 1),
    TRANSPOSE("Transpose", 13, 1, 1, optional("perm", INTS)),
    UNSQUEEZE("Unsqueeze", 13, 2, 2),
    WHERE("Where", 9, 3, 3),
    /** Forms of older operator sets; the newer ones above are found first. */
    REDUCE_MAX_13("ReduceMax", 13, 1, 1, optional("axes", INTS), optional("keepdims", INT)),
    RESHAPE_13("Reshape", 13, 2, 2),
    SHAPE_13("Shape", 13, 1, 1),
    /** Of ONNX Runtime alone, though in ONNX's domain: RMSNorm. */
    SIMPLIFIED_LAYER_NORMALIZATION("SimplifiedLayerNormalization", 1, 2, 2, required("epsilon", FLOAT)),
    /** RMSNorm of the sum of two tensors; its fourth output is the sum. */
    SKIP_SIMPLIFIED_LAYER_NORMALIZATION(
            Ort.DOMAIN, "SkipSimplifiedLayerNormalization", 3, 4, 4, required("epsilon", FLOAT)),
    /** x · sigmoid(alpha · x). */
    QUICK_GELU(Ort.DOMAIN, "QuickGelu", 1, 1, 1, required("alpha", FLOAT)),
    /** Attention with a KV cache that may be written in place; rotates queries and keys itself. */
    GROUP_QUERY_ATTENTION(
            Ort.DOMAIN,
            "GroupQueryAttention",
            1,
            11,
            3,
            required("num_heads", INT),
            required("kv_num_heads", INT),
            required("do_rotary", INT)),
    /** The project's own, as their contracts have them. */
    CUSTOM_BIT_MAT_MUL(
            CustomBitMatMul.OP_TYPE, CustomBitMatMul.INPUTS, CustomBitMatMul.OUTPUTS, CustomBitMatMul.ATTRIBUTES),
    CUSTOM_MAT_MUL_N_BITS(
            CustomMatMulNBits.OP_TYPE,
            CustomMatMulNBits.INPUTS,
            CustomMatMulNBits.OUTPUTS,
            CustomMatMulNBits.ATTRIBUTES),
    CUSTOM_GATED_UNIT(
            CustomGatedUnit.OP_TYPE, CustomGatedUnit.INPUTS, CustomGatedUnit.OUTPUTS, CustomGatedUnit.ATTRIBUTES),
    CUSTOM_RMS_NORM(CustomRmsNorm.OP_TYPE, CustomRmsNorm.INPUTS, CustomRmsNorm.OUTPUTS, CustomRmsNorm.ATTRIBUTES),
    CUSTOM_MAT_MUL_F16(
            CustomMatMulF16.OP_TYPE, CustomMatMulF16.INPUTS, CustomMatMulF16.OUTPUTS, CustomMatMulF16.ATTRIBUTES),
    CUSTOM_GROUP_QUERY_ATTENTION(
            CustomGroupQueryAttention.OP_TYPE,
            CustomGroupQueryAttention.INPUTS,
            CustomGroupQueryAttention.OUTPUTS,
            CustomGroupQueryAttention.ATTRIBUTES);

    /** ONNX's own domain. */
    public static final String ONNX_DOMAIN = "";

    /** The other name of ONNX's own domain. */
    public static final String ONNX_DOMAIN_IN_FULL = "ai.onnx";

    /** ONNX Runtime's own operators. */
    public static final class Ort {
        /** Their domain. */
        public static final String DOMAIN = "com.microsoft";

        /** The only version of the operator set. */
        public static final int OPSET = 1;

        private Ort() {}
    }

    /** An attribute that an operator takes. */
    public record Attribute(String name, AttributeType type, boolean required) {}

    private final OperatorForm form;

    OnnxOperator(String opType, int sinceVersion, int minInputs, int maxInputs, Attribute... attributes) {
        this(opType, sinceVersion, minInputs, maxInputs, 1, attributes);
    }

    OnnxOperator(
            String opType, int sinceVersion, int minInputs, int maxInputs, int maxOutputs, Attribute... attributes) {
        this(ONNX_DOMAIN, opType, sinceVersion, minInputs, maxInputs, maxOutputs, attributes);
    }

    OnnxOperator(String domain, String opType, int minInputs, int maxInputs, int maxOutputs, Attribute... attributes) {
        this(domain, opType, Ort.OPSET, minInputs, maxInputs, maxOutputs, attributes);
    }

    OnnxOperator(
            String domain,
            String opType,
            int sinceVersion,
            int minInputs,
            int maxInputs,
            int maxOutputs,
            Attribute... attributes) {
        form = new OperatorForm(
                domain, opType, sinceVersion, List.of(), minInputs, maxInputs, maxOutputs, List.of(attributes));
    }

    OnnxOperator(
            String opType,
            List<CustomBitMatMul.Tensor> inputs,
            List<CustomBitMatMul.Tensor> outputs,
            List<CustomBitMatMul.Attribute> attributes) {
        form = OperatorForm.custom(opType, inputs, outputs, attributes);
    }

    /** Empty for standard operators. */
    public String domain() {
        return form.domain();
    }

    /** The operator's name in its domain. */
    public String opType() {
        return form.opType();
    }

    /** The first version of the operator set in which the operator has this form. */
    public int sinceVersion() {
        return form.sinceVersion();
    }

    /** How many inputs a node has at least. */
    public int minInputs() {
        return form.minInputs();
    }

    /** Whether a node may have "" for that input. */
    public boolean mayLeaveOut(int input) {
        return input >= form.minInputs() || form.optionalInputs().contains(input);
    }

    /** How many inputs a node has at most. */
    public int maxInputs() {
        return form.maxInputs();
    }

    /** How many outputs a node has at most. */
    public int maxOutputs() {
        return form.maxOutputs();
    }

    /** The attributes that a node may have, required ones among them. */
    public List<Attribute> attributes() {
        return form.attributes();
    }

    /** The attribute of that name. */
    public Optional<Attribute> attribute(String name) {
        return form.attributes().stream().filter(a -> a.name().equals(name)).findFirst();
    }

    /** The operator of that domain and type, where it is in the vocabulary. */
    public static Optional<OnnxOperator> of(String domain, String opType) {
        return Arrays.stream(values())
                .filter(op -> op.domain().equals(domain) && op.opType().equals(opType))
                .findFirst();
    }

    private static Attribute required(String name, AttributeType type) {
        return new Attribute(name, type, true);
    }

    private static Attribute optional(String name, AttributeType type) {
        return new Attribute(name, type, false);
    }
}
