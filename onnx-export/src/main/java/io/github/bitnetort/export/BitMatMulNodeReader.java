package io.github.bitnetort.export;

import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.InitializerValues;
import io.github.bitnetort.export.graph.OnnxGraph;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.PackedWeights;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.ops.ScaleKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Takes CustomBitMatMul nodes out of a graph, and checks them against the contract. */
final class BitMatMulNodeReader {
    private final OnnxGraph graph;
    private final NodeProto node;

    private BitMatMulNodeReader(OnnxGraph graph, NodeProto node) {
        this.graph = graph;
        this.node = node;
    }

    static boolean matches(NodeProto node) {
        return node.getDomain().equals(CustomBitMatMul.DOMAIN)
                && node.getOpType().equals(CustomBitMatMul.OP_TYPE);
    }

    /** @throws ExportException naming the node, the attribute or input, found and wanted */
    static ExportedBitMatMul read(OnnxGraph graph, NodeProto node) {
        BitMatMulNodeReader reader = new BitMatMulNodeReader(graph, node);
        try {
            return reader.read();
        } catch (IllegalArgumentException e) {
            throw new ExportException(reader.where() + e.getMessage(), e);
        }
    }

    private ExportedBitMatMul read() {
        BitMatMulSpec spec = new BitMatMulSpec(
                integer(CustomBitMatMul.ATTRIBUTE_N),
                integer(CustomBitMatMul.ATTRIBUTE_K),
                Packing.fromOnnxName(text(CustomBitMatMul.PACKING)),
                Activation.fromOnnxName(text(CustomBitMatMul.ACTIVATION)),
                integer(CustomBitMatMul.BLOCK_SIZE));
        PackedWeights weights = PackedWeights.of(
                spec.layout(),
                InitializerValues.ints(constant(CustomBitMatMul.W, spec.layout().shape())));
        Stream<ScaleKind> kinds =
                spec.isBlocked() ? Stream.of(ScaleKind.BLOCK) : Stream.of(ScaleKind.TENSOR, ScaleKind.ROW);
        long[][] scaleShapes = kinds.map(spec::scaleShape).toArray(long[][]::new);
        float[] scale = InitializerValues.floats(constant(CustomBitMatMul.SCALE, scaleShapes));
        float[] bias = input(CustomBitMatMul.BIAS).isEmpty()
                ? null
                : InitializerValues.floats(constant(CustomBitMatMul.BIAS, new long[] {spec.n()}));
        return new ExportedBitMatMul(node.getName(), node.getInput(0), spec, weights, scale, bias, parts(spec.n()));
    }

    /** A merged node is followed by a Split whose outputs have the modules' names, or by what takes them in one piece. */
    private List<ExportedBitMatMul.Part> parts(int n) {
        Optional<NodeProto> split = graph.nodes().stream()
                .filter(next -> next.getOpType().equals(OnnxOperator.SPLIT.opType()) && next.getInputCount() == 2)
                .filter(next -> next.getInput(0).equals(node.getOutput(0)))
                .findFirst();
        if (split.isEmpty()) {
            return JoinedModules.of(graph.nodes(), node, n)
                    .orElseGet(() -> List.of(new ExportedBitMatMul.Part(node.getName(), node.getOutput(0), 0, n)));
        }
        List<ExportedBitMatMul.Part> parts = new ArrayList<>();
        int row = 0;
        long[] sizes = graph.initializer(split.get().getInput(1))
                .map(InitializerValues::longs)
                .orElseThrow(() -> bad("Split after it", "sizes that are no initializer", "an initializer"));
        for (int i = 0; i < Math.min(sizes.length, split.get().getOutputCount()); i++) {
            int rows = Math.toIntExact(sizes[i]);
            String output = split.get().getOutput(i);
            parts.add(new ExportedBitMatMul.Part(output, output, row, rows));
            row += rows;
        }
        return parts;
    }

    private int integer(CustomBitMatMul.Attribute wanted) {
        long value = attribute(wanted).getI();
        if (value != (int) value) {
            throw bad("attribute " + wanted.name(), value, "an integer of 32 bits");
        }
        return (int) value;
    }

    private String text(CustomBitMatMul.Attribute wanted) {
        return attribute(wanted).getS().toStringUtf8();
    }

    private AttributeProto attribute(CustomBitMatMul.Attribute wanted) {
        String what = "attribute " + wanted.name();
        AttributeProto found = node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals(wanted.name()))
                .findFirst()
                .orElseThrow(() -> bad(what, "none", wanted.type()));
        if (found.getType().getNumber() != wanted.type().onnxNumber()) {
            throw bad(what, found.getType(), wanted.type());
        }
        return found;
    }

    private String input(CustomBitMatMul.Tensor tensor) {
        int index = CustomBitMatMul.INPUTS.indexOf(tensor);
        return index < node.getInputCount() ? node.getInput(index) : "";
    }

    private Initializer constant(CustomBitMatMul.Tensor tensor, long[]... shapes) {
        String what = "input " + tensor.name();
        String name = input(tensor);
        Optional<Initializer> found = graph.initializer(name);
        if (found.isEmpty()) {
            throw bad(what, name.isEmpty() ? "none" : "\"" + name + "\", no initializer", "an initializer");
        }
        Initializer initializer = found.get();
        if (initializer.dataType() != tensor.type().onnxNumber()) {
            throw bad(what, DataType.forNumber(initializer.dataType()), tensor.type());
        }
        List<List<Long>> wanted = Arrays.stream(shapes)
                .map(shape -> Arrays.stream(shape).boxed().toList())
                .toList();
        if (!wanted.contains(initializer.dims())) {
            throw bad(
                    what,
                    "shape " + initializer.dims(),
                    "shape " + (wanted.size() == 1 ? wanted.get(0) : "one of " + wanted));
        }
        return initializer;
    }

    private ExportException bad(String what, Object found, Object wanted) {
        return new ExportException(where() + what + ": found " + found + ", wanted " + wanted);
    }

    private String where() {
        return "node " + node.getName() + " (" + CustomBitMatMul.OP_TYPE + "): ";
    }
}
