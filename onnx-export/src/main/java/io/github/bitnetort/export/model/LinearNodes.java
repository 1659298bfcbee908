package io.github.bitnetort.export.model;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.checkpoint.BitLinear;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.TensorData;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.ops.RowSource;
import io.github.bitnetort.ops.ScaleKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns linear layers into nodes; quantized layers that read one input become one CustomBitMatMul, and a Split where needed. */
final class LinearNodes {
    private final GraphBuilder graph;
    private final Packing packing;
    private final boolean bias;
    private final NormNodes norms;
    private final float normEps;
    private final DenseNodes dense;

    /**
     * @param bias whether every CustomBitMatMul gets a bias, zeros where the layer has none
     * @param normEps of the norms that layers have of their own
     */
    LinearNodes(GraphBuilder graph, Packing packing, boolean bias, NormNodes norms, float normEps, DenseNodes dense) {
        this.graph = graph;
        this.packing = packing;
        this.bias = bias;
        this.norms = norms;
        this.normEps = normEps;
        this.dense = dense;
    }

    /** One layer of one input. */
    String add(String x, Linear linear) {
        return addAll(x, List.of(linear)).get(0);
    }

    /** Whether layers of one input can be one node. */
    static boolean canJoin(List<Linear> linears) {
        return linears.stream().allMatch(LinearNodes::sharesInput);
    }

    /**
     * Layers of one input as one node, whose outputs stay side by side.
     *
     * @param linears that {@link #canJoin}
     * @return [..., sum of n]
     */
    String addJoined(String x, List<Linear> linears) {
        return node(x, layers(linears));
    }

    /** Layers of one input: their outputs in order, each named as its module. */
    List<String> addAll(String x, List<Linear> linears) {
        List<BitLinear> shared =
                layers(linears.stream().filter(LinearNodes::sharesInput).toList());
        Map<String, String> outputs = shared.isEmpty() ? new HashMap<>() : bitLinears(x, shared);
        for (Linear linear : linears) {
            if (!outputs.containsKey(linear.module())) {
                outputs.put(linear.module(), alone(x, linear));
            }
        }
        return linears.stream().map(linear -> outputs.get(linear.module())).toList();
    }

    private static boolean sharesInput(Linear linear) {
        return linear instanceof Linear.Quantized quantized && quantized.readsInputAsIs();
    }

    private static List<BitLinear> layers(List<Linear> quantized) {
        return quantized.stream()
                .map(linear -> ((Linear.Quantized) linear).layer())
                .toList();
    }

    private String alone(String x, Linear linear) {
        if (linear instanceof Linear.Dense layer) {
            return dense.add(x, layer);
        }
        BitLinear layer = ((Linear.Quantized) linear).layer();
        String normed = norms.add(layer.module() + ".rms_norm", x, layer.norm(), normEps);
        return bitLinears(normed, List.of(layer)).get(layer.module());
    }

    private Map<String, String> bitLinears(String x, List<BitLinear> parts) {
        String y = node(x, parts);
        Map<String, String> outputs = new HashMap<>();
        if (parts.size() == 1) {
            outputs.put(y, y);
            return outputs;
        }
        List<String> modules = parts.stream().map(BitLinear::module).toList();
        String sizes = graph.list(parts.stream().mapToLong(BitLinear::n).toArray());
        graph.add(OnnxOperator.SPLIT, y + "/Split", List.of(y, sizes), modules, axis());
        modules.forEach(module -> outputs.put(module, module));
        return outputs;
    }

    /** One node of these layers, row after row; its output has the node's name. */
    private String node(String x, List<BitLinear> parts) {
        int n = parts.stream().mapToInt(BitLinear::n).reduce(0, Math::addExact);
        String name = mergedName(parts);
        BitMatMulSpec spec = spec(name, n, parts.get(0));
        ScaleKind kind = scaleKind(parts, spec);
        return BitMatMulNodes.add(
                graph,
                name,
                spec,
                x,
                PackedTensorData.of(spec.layout(), rows(parts)),
                kind,
                scale(parts, spec, kind),
                bias(parts, n));
    }

    private BitMatMulSpec spec(String name, int n, BitLinear first) {
        try {
            return new BitMatMulSpec(n, first.k(), packing, Activation.INT8, first.blockSize());
        } catch (IllegalArgumentException e) {
            throw new ExportException(name + ": " + e.getMessage(), e);
        }
    }

    private static RowSource rows(List<BitLinear> parts) {
        return new StackedRows(parts.stream()
                .map(part -> new StackedRows.Part(part.n(), part.rows()))
                .toList());
    }

    /** One scale for the tensor where the only part has but one; else one for each row, and each block of columns. */
    private static ScaleKind scaleKind(List<BitLinear> parts, BitMatMulSpec spec) {
        if (spec.isBlocked()) {
            return ScaleKind.BLOCK;
        }
        return parts.size() == 1 && parts.get(0).scale().length == 1 ? ScaleKind.TENSOR : ScaleKind.ROW;
    }

    private static TensorData scale(List<BitLinear> parts, BitMatMulSpec spec, ScaleKind kind) {
        return switch (kind) {
            case TENSOR -> Tensors.data(parts.get(0).scale());
            case ROW -> Tensors.data(rowScales(parts, spec.n()));
            case BLOCK -> new BlockScaleData(parts, spec);
        };
    }

    private static float[] rowScales(List<BitLinear> parts, int n) {
        float[] merged = new float[n];
        int first = 0;
        for (BitLinear part : parts) {
            for (int row = 0; row < part.n(); row++) {
                merged[first + row] = part.scale()[part.scale().length == 1 ? 0 : row];
            }
            first += part.n();
        }
        return merged;
    }

    private float[] bias(List<BitLinear> parts, int n) {
        if (!bias) {
            return null;
        }
        float[] merged = new float[n];
        int row = 0;
        for (BitLinear part : parts) {
            if (part.bias() != null) {
                System.arraycopy(part.bias(), 0, merged, row, part.n());
            }
            row += part.n();
        }
        return merged;
    }

    /** q_proj, k_proj and v_proj make qkv_proj; gate_proj and up_proj make gate_up_proj. */
    private static String mergedName(List<BitLinear> parts) {
        String first = parts.get(0).module();
        if (parts.size() == 1) {
            return first;
        }
        List<String> stems = parts.stream()
                .map(part -> part.module().substring(part.module().lastIndexOf('.') + 1))
                .map(stem -> stem.replace("_proj", ""))
                .toList();
        boolean letters = stems.stream().allMatch(stem -> stem.length() == 1);
        return first.substring(0, first.lastIndexOf('.') + 1) + String.join(letters ? "" : "_", stems) + "_proj";
    }

    private static AttributeProto axis() {
        return Attributes.of("axis", -1);
    }
}
