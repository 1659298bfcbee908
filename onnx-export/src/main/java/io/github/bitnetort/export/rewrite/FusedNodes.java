package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.NodeProto;
import java.util.List;
import java.util.Set;

/** Products that ONNX Runtime's optimizer, or an exporter, fused with what comes behind them: a function or a sum. */
final class FusedNodes {
    private static final Set<String> FUNCTIONS = Set.of("Relu", "Sigmoid", "Tanh", "LeakyRelu");
    private static final Set<String> OWN =
            Set.of("activation", "activation_alpha", "activation_beta", "activation_gamma");

    private FusedNodes() {}

    /** Whether a node is a Gemm and a function of one input that {@link #parts} can take apart. */
    static boolean isProduct(NodeProto node) {
        return node.getDomain().equals("com.microsoft")
                && node.getOpType().equals("FusedGemm")
                && FUNCTIONS.contains(function(node));
    }

    /** Whether a node is a Gemm that adds a value, as it is, which is none of these constants: often a residual. */
    static boolean isSum(NodeProto node, Set<String> constants) {
        return node.getDomain().equals(OnnxOperator.ONNX_DOMAIN)
                && node.getOpType().equals("Gemm")
                && node.getInputCount() == 3
                && !node.getInput(2).isEmpty()
                && !constants.contains(node.getInput(2))
                && NodeAttributes.real(node, "beta", 1) == 1;
    }

    private static String function(NodeProto node) {
        return NodeAttributes.text(node, "activation", "");
    }

    /** The Gemm, which computes {@code product}, and the function or sum of it. */
    static List<NodeProto> parts(NodeProto node, String product) {
        return isProduct(node) ? productAndFunction(node, product) : productAndSum(node, product);
    }

    private static List<NodeProto> productAndSum(NodeProto node, String product) {
        List<String> factors = node.getInputList().subList(0, 2);
        NodeProto.Builder gemm =
                node.toBuilder().clearInput().addAllInput(factors).setOutput(0, product);
        NodeProto.Builder sum = NodeProto.newBuilder()
                .setName(node.getName() + "/Add")
                .setOpType("Add")
                .addInput(product)
                .addInput(node.getInput(2))
                .addOutput(node.getOutput(0));
        return List.of(gemm.build(), sum.build());
    }

    private static List<NodeProto> productAndFunction(NodeProto node, String product) {
        NodeProto.Builder gemm = node.toBuilder()
                .setOpType("Gemm")
                .setDomain(OnnxOperator.ONNX_DOMAIN)
                .clearAttribute()
                .setOutput(0, product);
        node.getAttributeList().stream()
                .filter(attribute -> !OWN.contains(attribute.getName()))
                .forEach(gemm::addAttribute);
        NodeProto.Builder function = NodeProto.newBuilder()
                .setName(node.getName() + "/" + function(node))
                .setOpType(function(node))
                .addInput(product)
                .addOutput(node.getOutput(0));
        if (function(node).equals("LeakyRelu")) {
            function.addAttribute(AttributeProto.newBuilder()
                    .setName("alpha")
                    .setType(AttributeProto.AttributeType.FLOAT)
                    .setF(NodeAttributes.real(node, "activation_alpha", 0.01f)));
        }
        return List.of(gemm.build(), function.build());
    }
}
