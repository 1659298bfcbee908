package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lets a graph of bfloat16 run where nearly no operator takes that type: what computes in it computes in float32 instead,
 * between casts, and rounds its results to bfloat16. That is how hardware without bfloat16 units computes it anyway.
 */
final class HalfPrecision {
    /** What only moves values, or takes any type. */
    private static final Set<String> MOVES = Set.of(
            "Cast",
            "CastLike",
            "Constant",
            "ConstantOfShape",
            "Identity",
            "Shape",
            "Size",
            "Transpose",
            "Reshape",
            "Flatten",
            "Squeeze",
            "Unsqueeze",
            "Concat",
            "Slice",
            "Gather",
            "GatherND",
            "If",
            "Loop",
            "Scan");

    private final ElementTypeInference types;
    private final UniqueNames names;

    private HalfPrecision(ElementTypeInference types, UniqueNames names) {
        this.types = types;
        this.names = names;
    }

    /**
     * Puts casts around the nodes of a model that compute in bfloat16.
     *
     * @return how many there were
     */
    static int lift(OnnxModel model) {
        GraphView view = new GraphView(model);
        HalfPrecision lifting = new HalfPrecision(new ElementTypeInference(), new UniqueNames(view));
        int lifted = lifting.lift(view.main());
        view.store();
        return lifted;
    }

    private int lift(Scope scope) {
        int lifted = 0;
        List<Node> result = new ArrayList<>();
        Map<Ref, String> wide = new HashMap<>();
        for (Node node : scope.nodes()) {
            for (Scope inner : node.subgraphs()) {
                lifted += lift(inner);
            }
            if (MOVES.contains(node.operator()) || !touchesBfloat16(node)) {
                result.add(node);
            } else {
                result.addAll(between(node, wide));
                lifted++;
            }
        }
        scope.nodes().clear();
        scope.nodes().addAll(result);
        return lifted;
    }

    private boolean touchesBfloat16(Node node) {
        boolean reads = node.inputs().stream().anyMatch(input -> input != null && isBfloat16(input));
        return reads || node.proto().getOutputList().stream().anyMatch(name -> isBfloat16(new Ref(node.scope(), name)));
    }

    private boolean isBfloat16(Ref value) {
        return types.of(value) == DataType.BFLOAT16;
    }

    private List<Node> between(Node node, Map<Ref, String> wide) {
        List<Node> nodes = new ArrayList<>();
        NodeProto.Builder computing = node.proto().toBuilder();
        for (int i = 0; i < node.proto().getInputCount(); i++) {
            Ref input = node.input(i);
            if (input != null && isBfloat16(input)) {
                if (!wide.containsKey(input)) {
                    wide.put(input, names.unique(input.name() + "/float"));
                    nodes.add(cast(node, input.name(), wide.get(input), DataType.FLOAT));
                }
                computing.setInput(i, wide.get(input));
            }
        }
        List<Node> after = new ArrayList<>();
        for (int i = 0; i < node.proto().getOutputCount(); i++) {
            String output = node.proto().getOutput(i);
            if (!output.isEmpty() && isBfloat16(new Ref(node.scope(), output))) {
                String exact = names.unique(output + "/exact");
                computing.setOutput(i, exact);
                after.add(cast(node, exact, output, DataType.BFLOAT16));
            }
        }
        nodes.add(new Node(computing.build(), node.scope(), node.order()));
        nodes.addAll(after);
        return nodes;
    }

    private Node cast(Node near, String from, String to, DataType type) {
        NodeProto cast = NodeProto.newBuilder()
                .setName(names.unique(to + "/Cast"))
                .setOpType(OnnxOperator.CAST.opType())
                .addInput(from)
                .addOutput(to)
                .addAttribute(Attributes.to(type))
                .build();
        return new Node(cast, near.scope(), near.order());
    }
}
