package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.NodeProto;
import java.util.Optional;

/** Reads attributes of nodes. */
final class NodeAttributes {
    private NodeAttributes() {}

    static Optional<AttributeProto> find(NodeProto node, String name) {
        return node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals(name))
                .findFirst();
    }

    static long integer(NodeProto node, String name, long otherwise) {
        return find(node, name).map(AttributeProto::getI).orElse(otherwise);
    }

    static float real(NodeProto node, String name, float otherwise) {
        return find(node, name).map(AttributeProto::getF).orElse(otherwise);
    }

    static String text(NodeProto node, String name, String otherwise) {
        return find(node, name).map(found -> found.getS().toStringUtf8()).orElse(otherwise);
    }

    /** The list of integers, or null where there is none. */
    static long[] integers(NodeProto node, String name) {
        return find(node, name)
                .map(found ->
                        found.getIntsList().stream().mapToLong(Long::longValue).toArray())
                .orElse(null);
    }
}
