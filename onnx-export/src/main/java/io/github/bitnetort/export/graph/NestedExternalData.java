package io.github.bitnetort.export.graph;

import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.GraphProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.TensorProto;
import java.util.Optional;
import java.util.stream.Stream;

/** Looks for tensors in external data elsewhere than among the main graph's initializers, where writers leave them. */
public final class NestedExternalData {
    private NestedExternalData() {}

    /** A description of one such tensor, where there is any. */
    public static Optional<String> find(OnnxModel model) {
        Stream<NodeProto> functions = model.functions().stream().flatMap(function -> function.getNodeList().stream());
        return Stream.concat(model.graph().nodes().stream(), functions)
                .flatMap(NestedExternalData::tensors)
                .findFirst();
    }

    private static Stream<String> tensors(NodeProto node) {
        return node.getAttributeList().stream()
                .flatMap(attribute -> tensors(attribute).map(found -> "node " + node.getName() + ", " + found));
    }

    private static Stream<String> tensors(AttributeProto attribute) {
        Stream<TensorProto> own = Stream.concat(Stream.of(attribute.getT()), attribute.getTensorsList().stream());
        Stream<GraphProto> graphs = Stream.concat(Stream.of(attribute.getG()), attribute.getGraphsList().stream());
        return Stream.concat(
                named(own),
                graphs.flatMap(graph -> Stream.concat(
                        named(graph.getInitializerList().stream()),
                        graph.getNodeList().stream().flatMap(NestedExternalData::tensors))));
    }

    private static Stream<String> named(Stream<TensorProto> tensors) {
        return tensors.filter(ExternalData::isExternal).map(tensor -> "tensor " + tensor.getName());
    }
}
