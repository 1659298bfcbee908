package io.github.bitnetort.export;

import static io.github.bitnetort.export.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.onnx.ModelProto;
import io.github.bitnetort.export.onnx.TensorProto;
import io.github.bitnetort.ops.Packing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of an export, whatever model is in them. */
class ExportedFilesTest {
    @TempDir
    private Path folder;

    @Test
    void alignsWeightsInExternalData() throws IOException {
        TinyModel wide = TinyModel.llama().config("intermediate_size", "500");
        for (int i = 0; i < TinyModel.LAYERS; i++) {
            String mlp = "model.layers." + i + ".mlp.";
            wide.packed(mlp + "gate_proj", 500, TinyModel.HIDDEN).packed(mlp + "up_proj", 500, TinyModel.HIDDEN);
            wide.packed(mlp + "down_proj", TinyModel.HIDDEN, 500);
        }
        List<Long> offsets = new ArrayList<>();
        for (TensorProto tensor : ModelProto.parseFrom(Files.readAllBytes(
                        exportTo("out", wide.write(folder.resolve("wide"))).model()))
                .getGraph()
                .getInitializerList()) {
            if (tensor.getName().endsWith("gate_up_proj.weight")) {
                assertEquals(List.of(63L, 1L, 16L), tensor.getDimsList());
                offsets.add(Long.parseLong(tensor.getExternalData(1).getValue()));
            }
        }
        assertEquals(2, offsets.size());
        assertTrue(offsets.stream().allMatch(offset -> offset % 65536 == 0), offsets::toString);
    }

    @Test
    void givesTheSameBytesTwiceFromShardsAndWithAnyNumberOfThreads() throws IOException {
        TinyModel model = TinyModel.bitnet();
        exportTo("a", model.write(folder.resolve("single")));
        exportTo("b", model.write(folder.resolve("single")));
        Path sharded = folder.resolve("sharded");
        TestTensors.writeText(sharded.resolve("config.json"), model.configJson());
        model.tensors.writeSharded(sharded);
        exportTo("c", sharded);
        ExportOptions oneThread = ExportOptions.DEFAULT.withThreads(1);
        ModelExporter.export(sharded, folder.resolve("d"), oneThread, ProgressListener.NONE);
        ModelExporter.export(sharded, folder.resolve("e"), oneThread.withThreads(3), ProgressListener.NONE);
        for (String name : List.of("model.onnx", "model.onnx.data")) {
            byte[] expected = Files.readAllBytes(folder.resolve("a").resolve(name));
            assertArrayEquals(expected, Files.readAllBytes(folder.resolve("b").resolve(name)));
            assertArrayEquals(expected, Files.readAllBytes(folder.resolve("c").resolve(name)));
            assertArrayEquals(expected, Files.readAllBytes(folder.resolve("d").resolve(name)));
            assertArrayEquals(expected, Files.readAllBytes(folder.resolve("e").resolve(name)));
        }
    }

    @Test
    void copiesCompanionsAndSaysWhatItDidNotUse() throws IOException {
        TinyModel model = TinyModel.llama().floats("model.layers.0.self_attn.rotary_emb.inv_freq", 2);
        Path checkpoint = model.write(folder.resolve("checkpoint"));
        Files.writeString(checkpoint.resolve("tokenizer.json"), "{}");
        Files.writeString(checkpoint.resolve("README.md"), "not copied");
        List<Long> progress = new ArrayList<>();
        ExportResult result =
                ModelExporter.export(checkpoint, folder.resolve("out"), ExportOptions.DEFAULT, (item, done, total) -> {
                    assertTrue(done <= total, item);
                    progress.add(done == total ? -1 : done);
                });
        assertEquals(List.of("config.json", "tokenizer.json"), result.copied());
        assertEquals(List.of("model.layers.0.self_attn.rotary_emb.inv_freq"), result.unused());
        assertEquals(Files.size(result.model()), result.modelBytes());
        assertEquals(-1, progress.get(progress.size() - 1));
        assertFalse(Files.exists(folder.resolve("out/README.md")));
    }

    @Test
    void saysWhereTheModelComesFrom() throws IOException {
        ModelReport report = ModelInspector.inspect(
                exportTo("out", TinyModel.bitnet().write(folder.resolve("c"))).model());
        assertTrue(report.producer().matches("bitnet-ort \\d+\\.\\d+.*"), report.producer());
        assertEquals("BitNetForCausalLM", report.metadata().get("bitnet.architecture"));
        assertEquals("bitnet autobitlinear offline", report.metadata().get("bitnet.quantization"));
        assertEquals("ternary16", report.metadata().get("bitnet.packing"));
    }

    @Test
    void refusesBinaryPackingAndNegativeThreads() {
        assertThrows(IllegalArgumentException.class, () -> ExportOptions.DEFAULT.withPacking(Packing.BINARY32));
        assertThrows(IllegalArgumentException.class, () -> ExportOptions.DEFAULT.withThreads(-1));
    }

    @Test
    void refusesActivationsItDoesNotKnow() {
        assertRefused(
                () -> exportTo(
                        "out",
                        TinyModel.llama().config("hidden_act", "\"mish\"").write(folder.resolve("c"))),
                "hidden_act",
                "found mish",
                "relu2");
    }

    private ExportResult exportTo(String name, Path checkpoint) throws IOException {
        return ModelExporter.export(checkpoint, folder.resolve(name), ExportOptions.DEFAULT, ProgressListener.NONE);
    }
}
