package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.PackedTensorData;
import io.github.bitnetort.export.model.StackedRows;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.ops.RowSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Layers of one input that become one node: their rows, scales and biases, one after the other. */
record LayerGroup(List<BitLinearMatch> layers) {
    Ref x() {
        return layers.get(0).x();
    }

    Scope scope() {
        return layers.get(0).end().output().scope();
    }

    /** Whether the rows of x are to be read as a matrix. */
    boolean flat() {
        return layers.get(0).end().flat();
    }

    Activation activation() {
        return layers.get(0).activation().activation();
    }

    int n() {
        return layers.stream().mapToInt(layer -> layer.weights().n()).reduce(0, Math::addExact);
    }

    String name() {
        return ModuleNames.merged(layers.stream().map(BitLinearMatch::module).toList());
    }

    long[] rowCounts() {
        return layers.stream().mapToLong(layer -> layer.weights().n()).toArray();
    }

    BitMatMulSpec spec(Packing packing) {
        return new BitMatMulSpec(n(), layers.get(0).weights().k(), packing, activation(), 0);
    }

    /** Groups with equal keys can share their constants: the bodies of an If often do. */
    List<Object> key() {
        List<Object> key = new ArrayList<>();
        for (BitLinearMatch layer : layers) {
            key.add(layer.weights());
            key.add(Arrays.toString(layer.scale()));
            key.add(Arrays.toString(layer.bias()));
        }
        return key;
    }

    /**
     * Adds weights, scale and (where asked for) bias to the model.
     *
     * @return their names
     */
    List<String> addConstants(OnnxModel model, UniqueNames names, String name, Packing packing, boolean bias) {
        BitMatMulSpec spec = spec(packing);
        List<String> constants = new ArrayList<>();
        Initializer weights = Initializer.streamed(
                names.unique(name + ".packed_weight"),
                DataType.forNumber(CustomBitMatMul.W.type().onnxNumber()),
                spec.layout().shape(),
                PackedTensorData.of(spec.layout(), rows()),
                CustomBitMatMul.WEIGHT_ALIGNMENT);
        model.graph().addInitializer(weights);
        constants.add(weights.name());
        float[] scale = scale();
        constants.add(add(model, names.unique(name + ".scale"), scale));
        if (bias) {
            constants.add(add(model, names.unique(name + ".bias"), bias()));
        }
        return constants;
    }

    private static String add(OnnxModel model, String name, float[] values) {
        model.graph()
                .addInitializer(Initializer.streamed(
                        name, DataType.FLOAT, new long[] {values.length}, Tensors.data(values), Initializer.PAGE));
        return name;
    }

    private RowSource rows() {
        return new StackedRows(layers.stream()
                .map(BitLinearMatch::weights)
                .map(weights -> new StackedRows.Part(weights.n(), weights.rows()))
                .toList());
    }

    private float[] scale() {
        if (layers.size() == 1) {
            return layers.get(0).scale();
        }
        float[] all = new float[n()];
        int row = 0;
        for (BitLinearMatch layer : layers) {
            float[] own = layer.scale();
            for (int i = 0; i < layer.weights().n(); i++) {
                all[row++] = own[own.length == 1 ? 0 : i];
            }
        }
        return all;
    }

    /** Zeros where a layer has none. */
    private float[] bias() {
        float[] all = new float[n()];
        int row = 0;
        for (BitLinearMatch layer : layers) {
            float[] own = layer.bias();
            if (own != null) {
                System.arraycopy(own, 0, all, row, own.length);
            }
            row += layer.weights().n();
        }
        return all;
    }
}
