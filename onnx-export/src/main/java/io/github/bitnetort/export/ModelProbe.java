package io.github.bitnetort.export;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.GraphProto;
import io.github.bitnetort.export.onnx.ModelProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.ValueInfoProto;
import io.github.bitnetort.ops.CustomBitMatMul;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A model whose values between the nodes can be looked at: a copy of it in memory gives them out. The file stays as it
 * is, and so do its external data, which the copy refers to.
 */
public final class ModelProbe {
    private final Path file;
    private final ModelProto model;
    private final Set<String> values = new HashSet<>();
    private final Set<String> outputs = new HashSet<>();

    private ModelProbe(Path file, ModelProto model) {
        this.file = file;
        this.model = model;
        GraphProto graph = model.getGraph();
        for (NodeProto node : graph.getNodeList()) {
            values.addAll(node.getOutputList());
        }
        graph.getInputList().forEach(input -> values.add(input.getName()));
        graph.getOutputList().forEach(output -> outputs.add(output.getName()));
    }

    /**
     * Reads the graph; weights in external data are not touched.
     *
     * @param modelOrFolder a model file, or the folder of an export
     * @throws ExportException for what is not a model
     */
    public static ModelProbe open(Path modelOrFolder) throws IOException {
        Path file = ModelInspector.modelFile(modelOrFolder);
        try (InputStream in = Files.newInputStream(file)) {
            CodedInputStream coded = CodedInputStream.newInstance(in);
            coded.setSizeLimit(Integer.MAX_VALUE);
            return new ModelProbe(file, withModules(ModelProto.parseFrom(coded)));
        } catch (InvalidProtocolBufferException e) {
            throw new ExportException(file + ": file: found " + e.getMessage() + ", wanted an ONNX model", e);
        } catch (NoSuchFileException e) {
            throw new ExportException(file + ": found no such file, wanted an ONNX model", e);
        }
    }

    /** The model with a Split behind each merged node whose output it keeps in one piece. */
    private static ModelProto withModules(ModelProto model) {
        GraphProto.Builder graph = model.getGraph().toBuilder().clearNode();
        for (NodeProto node : model.getGraph().getNodeList()) {
            graph.addNode(node);
            if (BitMatMulNodeReader.matches(node)) {
                JoinedModules.of(model.getGraph().getNodeList(), node, rows(node))
                        .ifPresent(parts -> addSplit(graph, node, parts));
            }
        }
        return model.toBuilder().setGraph(graph).build();
    }

    private static int rows(NodeProto node) {
        return node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals(CustomBitMatMul.ATTRIBUTE_N.name()))
                .mapToInt(attribute -> Math.toIntExact(attribute.getI()))
                .findFirst()
                .orElse(0);
    }

    private static void addSplit(GraphProto.Builder graph, NodeProto node, List<ExportedBitMatMul.Part> parts) {
        String sizes = node.getName() + "/part_sizes";
        graph.addInitializer(Tensors.longs(
                sizes,
                new long[] {parts.size()},
                parts.stream().mapToLong(ExportedBitMatMul.Part::rows).toArray()));
        graph.addNode(NodeProto.newBuilder()
                .setOpType(OnnxOperator.SPLIT.opType())
                .setName(node.getName() + "/Split")
                .addInput(node.getOutput(0))
                .addInput(sizes)
                .addAllOutput(parts.stream().map(ExportedBitMatMul.Part::y).toList())
                .addAttribute(Attributes.of("axis", -1)));
    }

    /** The model's file. */
    public Path file() {
        return file;
    }

    /** Every BitLinear layer that is a CustomBitMatMul, or part of one, in the graph's order. */
    public List<ProbePoint> points() throws IOException {
        return ModelInspector.bitMatMuls(file).stream()
                .flatMap(node -> node.parts().stream()
                        .map(part -> new ProbePoint(
                                part.module(),
                                node.x(),
                                part.y(),
                                node.spec().activation(),
                                node.spec().isBlocked()
                                        ? node.spec().blockSize()
                                        : node.spec().k())))
                .toList();
    }

    /** Whether the main graph has a value of that name, computed or fed. */
    public boolean hasValue(String name) {
        return values.contains(name);
    }

    /**
     * The model with more outputs, in the file's form. To be loaded with the folder of {@link #file()} as that of its
     * external data.
     *
     * @throws ExportException where the graph has no value of such a name
     */
    public byte[] withOutputs(Collection<String> names) {
        GraphProto.Builder graph = model.getGraph().toBuilder();
        Set<String> present = new HashSet<>(outputs);
        for (String name : names) {
            if (!hasValue(name)) {
                throw ExportException.of(file, "value " + name, "none", "a value of the main graph");
            }
            if (present.add(name)) {
                graph.addOutput(ValueInfoProto.newBuilder().setName(name));
            }
        }
        return model.toBuilder().setGraph(graph).build().toByteArray();
    }
}
