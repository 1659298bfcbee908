package io.github.bitnetort.export;

import static io.github.bitnetort.export.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.ModelProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.TensorProto;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.PackedWeights;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.ops.WeightPacker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ModelInspectorTest {
    @TempDir
    private Path folder;

    @Test
    void reportsWhatAnExportHolds() throws IOException {
        Path out = folder.resolve("out");
        ModelExporter.export(
                TinyModel.bitnet().write(folder.resolve("in")), out, ExportOptions.DEFAULT, ProgressListener.NONE);
        ModelReport report = ModelInspector.inspect(out);
        assertEquals(8, report.nodes().size());
        ModelReport.Node qkv = report.nodes().get(0);
        assertEquals(new BitMatMulSpec(20, 12, Packing.TERNARY16, Activation.INT8, 0), qkv.spec());
        assertEquals(2 * 16 * 4, qkv.packedBytes());
        assertEquals(20 * 4, qkv.floatBytes());
        assertEquals(
                240,
                qkv.weights().minus() + qkv.weights().zero() + qkv.weights().plus());
        assertEquals(8, report.operators().get("CustomBitMatMul"));
        assertTrue(report.portableBody());
        assertEquals("model.embed_tokens.weight", report.others().get(0).name());
        assertEquals(
                List.of("CustomMatMulNBits", "Gather"), report.others().get(0).usedBy());
        assertEquals(16 * 12, report.others().get(0).bytes());
        assertEquals(
                report.nodes().stream().mapToLong(ModelReport.Node::packedBytes).sum(), report.packedBytes());
        assertEquals((double) report.packedBytes() / report.constantBytes(), report.packedShare());
        assertEquals(Files.size(out.resolve("model.onnx.data")), report.dataBytes());
    }

    @Test
    void knowsTheModulesOfMergedNodes() throws IOException {
        Path out = folder.resolve("out");
        Path in = TinyModel.bitnet().biases().config("mlp_bias", null).write(folder.resolve("in"));
        assertRefused(
                () -> ModelExporter.export(in, out, ExportOptions.DEFAULT, ProgressListener.NONE),
                "mlp.gate_proj.bias");
        ModelExporter.export(TinyModel.llama().biases().write(in), out, ExportOptions.DEFAULT, ProgressListener.NONE);
        List<ExportedBitMatMul> nodes = ModelInspector.bitMatMuls(out);
        String attention = "model.layers.0.self_attn.";
        assertEquals(
                List.of(
                        new ExportedBitMatMul.Part(attention + "q_proj", attention + "q_proj", 0, 12),
                        new ExportedBitMatMul.Part(attention + "k_proj", attention + "k_proj", 12, 4),
                        new ExportedBitMatMul.Part(attention + "v_proj", attention + "v_proj", 16, 4)),
                nodes.get(0).parts());
        assertEquals(
                List.of(new ExportedBitMatMul.Part(attention + "o_proj", attention + "o_proj", 0, 12)),
                nodes.get(1).parts());
        assertNotNull(nodes.get(0).problem().bias());
        assertEquals(1, nodes.get(1).scale().length);
        assertEquals(20, nodes.get(0).scale().length);
    }

    @Test
    void knowsTheModulesThatAttentionTakesInOnePiece() throws IOException {
        Path out = folder.resolve("out");
        Path in = TinyModel.llama().wideHeads().write(folder.resolve("in"));
        ModelExporter.export(in, out, ExportOptions.DEFAULT, ProgressListener.NONE);
        String attention = "model.layers.1.self_attn.";
        List<ProbePoint> points = ModelProbe.open(out).points().stream()
                .filter(point -> point.module().startsWith(attention))
                .toList();
        assertEquals(
                Stream.of("q_proj", "k_proj", "v_proj", "o_proj")
                        .map(name -> attention + name)
                        .toList(),
                points.stream().map(ProbePoint::y).toList());
        assertEquals(
                List.of(
                        new ExportedBitMatMul.Part(attention + "q_proj", attention + "q_proj", 0, 48),
                        new ExportedBitMatMul.Part(attention + "k_proj", attention + "k_proj", 48, 16),
                        new ExportedBitMatMul.Part(attention + "v_proj", attention + "v_proj", 64, 16)),
                ModelInspector.bitMatMuls(out).get(4).parts());
        assertTrue(points.stream().allMatch(point -> hasValue(out, point.y())));
    }

    @Test
    void knowsTheModulesThatAGatedUnitTakesInOnePiece() throws IOException {
        Path out = folder.resolve("out");
        Path in = TinyModel.bitnet().write(folder.resolve("in"));
        ModelExporter.export(in, out, ExportOptions.DEFAULT, ProgressListener.NONE);
        String mlp = "model.layers.1.mlp.";
        assertEquals(
                List.of(
                        new ExportedBitMatMul.Part(mlp + "gate_proj", mlp + "gate_proj", 0, TinyModel.INTERMEDIATE),
                        new ExportedBitMatMul.Part(
                                mlp + "up_proj", mlp + "up_proj", TinyModel.INTERMEDIATE, TinyModel.INTERMEDIATE)),
                ModelInspector.bitMatMuls(out).get(6).parts());
        assertTrue(hasValue(out, mlp + "up_proj"));
    }

    private static boolean hasValue(Path model, String name) {
        try {
            return ModelProbe.open(model).hasValue(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(Packing.class)
    void countsWeightsBelowNAndK(Packing packing) throws IOException {
        BitMatMulSpec spec = new BitMatMulSpec(17, 67, packing, Activation.INT8, 0);
        Random random = new Random(3);
        long[] counts = new long[3];
        int[] words = WeightPacker.pack(spec.layout(), (n, dst, offset) -> {
            for (int k = 0; k < spec.k(); k++) {
                int weight = packing.isTernary() ? random.nextInt(3) - 1 : random.nextInt(2) * 2 - 1;
                counts[weight + 1]++;
                dst[offset + k] = (byte) weight;
            }
        });
        Path file = folder.resolve("m.onnx");
        model(spec, words).write(file, ModelWriter.Storage.EXTERNAL);
        assertEquals(
                new WeightCounts(counts[0], counts[1], counts[2], 0),
                ModelInspector.inspect(file).nodes().get(0).weights());
    }

    @Test
    void countsInvalidCodes() throws IOException {
        BitMatMulSpec spec = new BitMatMulSpec(1, 17, Packing.TERNARY16, Activation.INT8, 0);
        int[] words = WeightPacker.pack(spec.layout(), (n, dst, offset) -> {});
        words[0] |= 0b11;
        words[16] |= 0b11;
        Path file = folder.resolve("m.onnx");
        model(spec, words).write(file, ModelWriter.Storage.INLINE);
        WeightCounts counts = ModelInspector.inspect(file).nodes().get(0).weights();
        assertEquals(new WeightCounts(0, 12, 0, 5), counts);
    }

    @Test
    void readsInlineAndExternalConstantsAlike() throws IOException {
        BitMatMulSpec spec = new BitMatMulSpec(300, 40, Packing.TERNARY20, Activation.INT8, 0);
        Random random = new Random(5);
        int[] words = WeightPacker.pack(spec.layout(), (n, dst, offset) -> {
            for (int k = 0; k < spec.k(); k++) {
                dst[offset + k] = (byte) (random.nextInt(3) - 1);
            }
        });
        for (ModelWriter.Storage storage : ModelWriter.Storage.values()) {
            Path file = folder.resolve(storage + ".onnx");
            model(spec, words).write(file, storage);
            ExportedBitMatMul node = ModelInspector.bitMatMuls(file).get(0);
            assertEquals(SingleNodeModel.NODE, node.node());
            assertEquals(spec, node.spec());
            assertNull(node.bias());
            for (int i = 0; i < words.length; i++) {
                assertEquals(words[i], node.weights().word(i), storage + " word " + i);
            }
        }
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                broken("attribute K: found none", node -> node.removeAttribute(0)),
                broken(
                        "attribute K: found STRING",
                        node -> node.getAttributeBuilder(0).setType(AttributeProto.AttributeType.STRING)),
                broken("K: found 0", node -> node.getAttributeBuilder(0).setI(0)),
                broken(
                        "attribute N: found 4294967297",
                        node -> node.getAttributeBuilder(1).setI((1L << 32) + 1)),
                broken(
                        "packing: found \"ternary99\"",
                        node -> node.getAttributeBuilder(2).setS(ByteString.copyFromUtf8("ternary99"))),
                broken(
                        "block_size: found 7",
                        node -> node.getAttributeBuilder(4).setI(7)),
                broken(
                        "input W: found shape [1, 1, 16], wanted shape [1, 2, 16]",
                        node -> node.getAttributeBuilder(0).setI(17)),
                broken("input W: found FLOAT", node -> node.setInput(1, "bit_mat_mul.scale")),
                broken("input W: found \"X\", no initializer", node -> node.setInput(1, "X")),
                broken(
                        "input scale: found none",
                        node -> node.clearInput().addInput("X").addInput("bit_mat_mul.weight")));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void refusesNodesThatBreakTheContract(String part, Consumer<NodeProto.Builder> damage) throws IOException {
        BitMatMulSpec spec = new BitMatMulSpec(3, 5, Packing.TERNARY16, Activation.INT8, 0);
        ModelProto.Builder proto =
                ModelProto.parseFrom(model(spec, WeightPacker.pack(spec.layout(), (n, dst, offset) -> {}))
                                .toBytes())
                        .toBuilder();
        damage.accept(proto.getGraphBuilder().getNodeBuilder(0));
        Path file = Files.write(folder.resolve("m.onnx"), proto.build().toByteArray());
        assertRefused(() -> ModelInspector.inspect(file), "node bit_mat_mul (CustomBitMatMul): ", part, "wanted");
    }

    @Test
    void refusesWeightsShorterThanTheirShape() throws IOException {
        BitMatMulSpec spec = new BitMatMulSpec(3, 5, Packing.TERNARY16, Activation.INT8, 0);
        ModelProto.Builder proto =
                ModelProto.parseFrom(model(spec, WeightPacker.pack(spec.layout(), (n, dst, offset) -> {}))
                                .toBytes())
                        .toBuilder();
        TensorProto.Builder weight = proto.getGraphBuilder().getInitializerBuilder(0);
        weight.setRawData(weight.getRawData().substring(4));
        Path file = Files.write(folder.resolve("m.onnx"), proto.build().toByteArray());
        assertRefused(() -> ModelInspector.inspect(file), "bit_mat_mul.weight", "found 60 bytes", "wanted 64");
    }

    private static SingleNodeModel model(BitMatMulSpec spec, int[] words) {
        return SingleNodeModel.of(spec, PackedWeights.of(spec.layout(), words), new float[] {0.5f}, null);
    }

    private static Arguments broken(String part, Consumer<NodeProto.Builder> damage) {
        return Arguments.of(part, damage);
    }
}
