package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.NodeProto;
import java.util.List;
import java.util.Set;

/** Products that ONNX Runtime's optimizer fused with the function behind them. */
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

    private static String function(NodeProto node) {
        return NodeAttributes.text(node, "activation", "");
    }

    /** The Gemm, which computes {@code product}, and the function of it. */
    static List<NodeProto> parts(NodeProto node, String product) {
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
