package io.github.bitnetort.export;

import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.ModelReader;
import io.github.bitnetort.export.graph.OnnxGraph;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomBitMatMul;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Says what is in a model, without running it. */
public final class ModelInspector {
    private ModelInspector() {}

    /**
     * Describes a model, counting every weight.
     *
     * @param modelOrFolder a model file, or the folder of an export
     * @throws ExportException for what is not a model, and for nodes that break the op's contract
     */
    public static ModelReport inspect(Path modelOrFolder) throws IOException {
        Path file = modelFile(modelOrFolder);
        try (ModelReader reader = ModelReader.open(file)) {
            return report(file, reader);
        }
    }

    /**
     * The CustomBitMatMul nodes of a model. Their weights stay mapped as long as they are referred to.
     *
     * @param modelOrFolder a model file, or the folder of an export
     * @throws ExportException for what is not a model, and for nodes that break the op's contract
     */
    public static List<ExportedBitMatMul> bitMatMuls(Path modelOrFolder) throws IOException {
        try (ModelReader reader = ModelReader.open(modelFile(modelOrFolder))) {
            return bitMatMuls(reader.model().graph());
        }
    }

    private static List<ExportedBitMatMul> bitMatMuls(OnnxGraph graph) {
        return graph.nodes().stream()
                .filter(BitMatMulNodeReader::matches)
                .map(node -> BitMatMulNodeReader.read(graph, node))
                .toList();
    }

    static Path modelFile(Path modelOrFolder) {
        return Files.isDirectory(modelOrFolder) ? modelOrFolder.resolve(ModelExporter.MODEL_FILE) : modelOrFolder;
    }

    private static ModelReport report(Path file, ModelReader reader) throws IOException {
        OnnxModel model = reader.model();
        return new ModelReport(
                file,
                Files.size(file),
                reader.dataBytes(),
                model.producer(),
                model.irVersion(),
                new TreeMap<>(model.opsets()),
                new TreeMap<>(model.metadata()),
                model.functions().stream()
                        .anyMatch(function -> function.getDomain().equals(CustomBitMatMul.DOMAIN)
                                && function.getName().equals(CustomBitMatMul.OP_TYPE)),
                operators(model.graph()),
                bitMatMuls(model.graph()).stream().map(ModelInspector::node).toList(),
                others(model.graph()));
    }

    private static ModelReport.Node node(ExportedBitMatMul node) {
        int floats = node.scale().length + (node.bias() == null ? 0 : node.bias().length);
        return new ModelReport.Node(
                node.node(),
                node.spec(),
                (long) node.weights().layout().wordCount() * Integer.BYTES,
                (long) floats * Float.BYTES,
                node.bias() != null,
                WeightCounts.of(node.weights()));
    }

    private static Map<String, Integer> operators(OnnxGraph graph) {
        Map<String, Integer> operators = new TreeMap<>();
        graph.nodes().forEach(node -> operators.merge(node.getOpType(), 1, Integer::sum));
        return operators;
    }

    private static List<ModelReport.Tensor> others(OnnxGraph graph) {
        Map<String, SortedSet<String>> users = new HashMap<>();
        Set<String> bitMatMulConstants = new HashSet<>();
        for (NodeProto node : graph.nodes()) {
            for (String input : node.getInputList()) {
                users.computeIfAbsent(input, key -> new TreeSet<>()).add(node.getOpType());
            }
            if (BitMatMulNodeReader.matches(node)) {
                bitMatMulConstants.addAll(node.getInputList());
            }
        }
        List<ModelReport.Tensor> others = new ArrayList<>();
        for (Initializer initializer : graph.initializers()) {
            if (!bitMatMulConstants.contains(initializer.name())) {
                SortedSet<String> usedBy = users.getOrDefault(initializer.name(), new TreeSet<>());
                others.add(new ModelReport.Tensor(
                        initializer.name(),
                        String.valueOf(DataType.forNumber(initializer.dataType())),
                        initializer.dims(),
                        initializer.byteLength(),
                        List.copyOf(usedBy)));
            }
        }
        others.sort(Comparator.comparingLong(ModelReport.Tensor::bytes).reversed());
        return others;
    }
}
