package io.github.bitnetort.tests.bench;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.BitMatMulNodes;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.ops.WeightPacker;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A way to multiply by ternary weights in ONNX Runtime. */
enum Contender {
    /** Ours, two bits a weight. */
    TERNARY16("CustomBitMatMul ternary16", true) {
        @Override
        void add(OnnxModel model, GraphBuilder graph, String y, TernaryMatrix matrix) {
            custom(graph, y, matrix, Packing.TERNARY16);
        }
    },
    /** Ours, 1.6 bits a weight. */
    TERNARY20("CustomBitMatMul ternary20", true) {
        @Override
        void add(OnnxModel model, GraphBuilder graph, String y, TernaryMatrix matrix) {
            custom(graph, y, matrix, Packing.TERNARY20);
        }
    },
    /** ONNX Runtime's own, two bits a weight and a scale for each block of 64, int8 arithmetic. */
    MAT_MUL_N_BITS_2("MatMulNBits bits=2 block=64 accuracy_level=4", false) {
        @Override
        void add(OnnxModel model, GraphBuilder graph, String y, TernaryMatrix matrix) {
            matMulNBits(model, y, matrix, 2, 64);
        }
    },
    /** ONNX Runtime's own, four bits a weight and a scale for each block of 32, int8 arithmetic. */
    MAT_MUL_N_BITS_4("MatMulNBits bits=4 block=32 accuracy_level=4", false) {
        @Override
        void add(OnnxModel model, GraphBuilder graph, String y, TernaryMatrix matrix) {
            matMulNBits(model, y, matrix, 4, 32);
        }
    };

    /** What one unit of weight is worth, for all. */
    static final float SCALE = 0.04f;

    private static final String MICROSOFT = "com.microsoft";

    private final String title;
    private final boolean exact;

    Contender(String title, boolean exact) {
        this.title = title;
        this.exact = exact;
    }

    /** Adds a node with weights of its own from {@code X} to {@code y}. */
    abstract void add(OnnxModel model, GraphBuilder graph, String y, TernaryMatrix matrix);

    String title() {
        return title;
    }

    /** Whether its results must be the oracle's bits, or only near. */
    boolean isExact() {
        return exact;
    }

    String fileName() {
        return name().toLowerCase(java.util.Locale.ROOT) + ".onnx";
    }

    Map<String, Long> opsets() {
        return Map.of(MICROSOFT, 1L, CustomBitMatMul.DOMAIN, (long) CustomBitMatMul.OPSET_VERSION);
    }

    private static void custom(GraphBuilder graph, String y, TernaryMatrix matrix, Packing packing) {
        BitMatMulSpec spec =
                new BitMatMulSpec(matrix.shape().n(), matrix.shape().k(), packing, Activation.INT8, 0);
        int[] words = WeightPacker.pack(spec.layout(), matrix);
        ByteBuffer bytes = ByteBuffer.allocate(words.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(words);
        BitMatMulNodes.add(graph, y, spec, "X", Tensors.data(bytes), new float[] {SCALE}, null);
    }

    /** B is [N, K / block, block * bits / 8] with the first weight in the lowest bits; the zero point is 2^(bits - 1). */
    private static void matMulNBits(OnnxModel model, String y, TernaryMatrix matrix, int bits, int block) {
        int n = matrix.shape().n();
        int k = matrix.shape().k();
        byte[] packed = new byte[n * k * bits / 8];
        byte[] row = new byte[k];
        int zero = 1 << bits - 1;
        for (int r = 0; r < n; r++) {
            matrix.copyRow(r, row, 0);
            for (int i = 0; i < k; i++) {
                int bit = i * bits;
                packed[r * (k * bits / 8) + bit / 8] |= (byte) (row[i] + zero << bit % 8);
            }
        }
        float[] scales = new float[n * (k / block)];
        Arrays.fill(scales, SCALE);
        long blocks = k / block;
        add(model, y + ".B", DataType.UINT8, new long[] {n, blocks, (long) block * bits / 8}, ByteBuffer.wrap(packed));
        ByteBuffer scaleBytes = ByteBuffer.allocate(scales.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        scaleBytes.asFloatBuffer().put(scales);
        add(model, y + ".scales", DataType.FLOAT, new long[] {n * blocks}, scaleBytes);
        List<AttributeProto> attributes = List.of(
                Attributes.of("K", k),
                Attributes.of("N", n),
                Attributes.of("bits", bits),
                Attributes.of("block_size", block),
                Attributes.of("accuracy_level", 4));
        model.graph()
                .nodes()
                .add(NodeProto.newBuilder()
                        .setOpType("MatMulNBits")
                        .setDomain(MICROSOFT)
                        .setName(y)
                        .addAllInput(List.of("X", y + ".B", y + ".scales"))
                        .addOutput(y)
                        .addAllAttribute(attributes)
                        .build());
    }

    private static void add(OnnxModel model, String name, DataType type, long[] dims, ByteBuffer data) {
        model.graph().addInitializer(Initializer.streamed(name, type, dims, Tensors.data(data), Initializer.PAGE));
    }
}
