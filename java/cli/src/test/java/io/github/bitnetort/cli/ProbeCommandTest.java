package io.github.bitnetort.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.github.bitnetort.export.onnx.ModelProto;
import io.github.bitnetort.export.onnx.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeCommandTest {
    private static final String CHECKPOINT = "rand-h128";
    private static final String LAYER = "model.layers.1.mlp.down_proj";
    private static final int LAYERS = 14;

    @TempDir
    static Path folder;

    private static Path model;

    @BeforeAll
    static void export() {
        model = export("model");
    }

    private static Path export(String name, String... options) {
        return Path.of(Fixtures.export(CHECKPOINT, folder.resolve(name), options));
    }

    @Test
    void withAndWithoutTheLibraryNothingDiffersButAttentionsSums() {
        assertNoLayerDeparts(model);
        Cli cli = assertNoLayerDeparts(export("ort", "--attention", "ort"));
        assertEquals(
                LAYERS,
                cli.out()
                        .lines()
                        .filter(line -> line.matches("model\\.layers.*0\\.0000 %\\s+0\\s+0"))
                        .count(),
                cli::out);
        assertTrue(cli.out().contains("no layer departs: the largest difference is 0 "), cli::out);
    }

    private static Cli assertNoLayerDeparts(Path exported) {
        Cli cli = Cli.run("probe", exported.toString());
        assertEquals(0, cli.code(), cli::err);
        assertTrue(cli.out().contains("no layer departs"), cli::out);
        return cli;
    }

    @Test
    void anotherPackingGivesTheSame() {
        Cli cli = Cli.run(
                "probe",
                model.toString(),
                export("packed", "--packing", "ternary20").toString());
        assertEquals(0, cli.code(), cli::err);
        assertTrue(cli.out().contains("no layer departs: the largest difference is 0 "), cli::out);
    }

    @Test
    void referenceTensorsBringTheirPrompt() {
        Path references = Path.of(Fixtures.checkpoint(CHECKPOINT)).resolve("reference.safetensors");
        Path exact = export("exact", "--embedding", "f32");
        Cli cli = Cli.run("probe", exact.toString(), references.toString());
        assertEquals(0, cli.code(), cli::err);
        assertTrue(cli.out().contains("input   33 tokens"), cli::out);
        assertTrue(cli.out().contains("no layer departs: the largest difference is "), cli::out);
        assertTrue(cli.out().contains("4 of 14 layers are on one side only"), cli::out);
    }

    @Test
    void theFirstLayerThatDepartsIsNamed() throws IOException {
        Path changed = export("changed");
        negateScale(changed);
        Cli cli = Cli.run("probe", model.toString(), changed.toString());
        assertEquals(0, cli.code(), cli::err);
        assertTrue(
                cli.out().contains("first to depart: " + LAYER + ", by 2.00e+00 (its quantized input is the same"),
                cli::out);
    }

    @Test
    void otherTokensDifferFromTheirInputOn() {
        Path references = Path.of(Fixtures.checkpoint(CHECKPOINT)).resolve("reference.safetensors");
        String ids = "9" + ",8".repeat(32);
        Cli cli = Cli.run("probe", model.toString(), references.toString(), "--prompt-ids", ids);
        assertEquals(0, cli.code(), cli::err);
        assertTrue(cli.out().contains("first to depart: model.layers.0.self_attn.q_proj"), cli::out);
        assertTrue(cli.out().contains("(its quantized input differs already, in "), cli::out);
    }

    @Test
    void whatCannotBeComparedIsAnError() {
        Path references = Path.of(Fixtures.checkpoint(CHECKPOINT)).resolve("reference.safetensors");
        Cli sizes = Cli.run("probe", model.toString(), references.toString(), "--prompt-ids", "1,2");
        assertEquals(1, sizes.code());
        assertTrue(sizes.err().contains("model.layers.0.self_attn.q_proj: output: found 256 numbers in A"), sizes::err);
        Cli text = Cli.run("probe", model.toString(), "-p", "hello");
        assertEquals(2, text.code());
        assertTrue(text.err().contains("found no tokenizer.json, wanted one, or --prompt-ids"), text::err);
        Cli layers = Cli.run("probe", model.toString(), Fixtures.checkpoint("bitnet-encoder") + "/encoder.onnx");
        assertEquals(1, layers.code());
        assertTrue(
                layers.err().contains("encoder.onnx: found none of the 14 layers to compare, such as "), layers::err);
        Cli file = Cli.run("probe", folder.resolve("absent.onnx").toString());
        assertEquals(1, file.code());
        assertTrue(file.err().contains("absent.onnx: found no such file, wanted an ONNX model"), file::err);
    }

    @Test
    void histogramsCountEveryWeight() {
        Cli cli = Cli.run("inspect", model.toString(), "--histogram");
        assertEquals(0, cli.code(), cli::err);
        String row = cli.out()
                .lines()
                .filter(line -> line.startsWith(LAYER) && line.contains("|"))
                .findFirst()
                .orElseThrow();
        String[] cells = row.trim().split(" {2,}");
        double sum = 0;
        for (int i = 1; i <= 3; i++) {
            sum += Double.parseDouble(cells[i].replace(" %", ""));
        }
        assertEquals(100, sum, 0.02, row);
        assertTrue(cli.out().contains("weights of 14 layers"), cli::out);
    }

    /** Gives the last layer's down_proj another sign. */
    private static void negateScale(Path changed) throws IOException {
        Path file = changed.resolve("model.onnx");
        ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
        int negated = 0;
        for (TensorProto.Builder tensor : model.getGraphBuilder().getInitializerBuilderList()) {
            if (tensor.getName().equals(LAYER + ".scale")) {
                byte[] scale = tensor.getRawData().toByteArray();
                scale[3] ^= (byte) 0x80;
                tensor.setRawData(ByteString.copyFrom(scale));
                negated++;
            }
        }
        assertEquals(1, negated);
        Files.write(file, model.build().toByteArray());
    }
}
