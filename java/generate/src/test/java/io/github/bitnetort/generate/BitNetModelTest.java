package io.github.bitnetort.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import io.github.bitnetort.export.onnx.GraphProto;
import io.github.bitnetort.export.onnx.ModelProto;
import io.github.bitnetort.runtime.WeightMemory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BitNetModelTest {
    @TempDir
    Path folder;

    @BeforeEach
    void writeModel() throws Exception {
        CountingModel.write(folder, "{}");
    }

    @Test
    void aFolderThatIsNoModelIsNamed() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        var error = assertThrows(IllegalArgumentException.class, () -> open(other));
        assertEquals(other + ": found no model.onnx, wanted an exported model's folder", error.getMessage());
    }

    @Test
    void anotherGraphIsRefusedByName() throws Exception {
        changeGraph(graph -> {
            graph.getInputBuilder(0).setName("tokens_in");
            graph.getNodeBuilderList().forEach(node -> {
                for (int i = 0; i < node.getInputCount(); i++) {
                    if (node.getInput(i).equals("input_ids")) {
                        node.setInput(i, "tokens_in");
                    }
                }
            });
        });
        assertRefused("model.onnx: input input_ids: found none, wanted a tensor of INT64 with rank 2");
    }

    @Test
    void anInputThatNobodyWouldFillIsRefused() throws Exception {
        changeGraph(graph -> graph.addInput(graph.getInput(0).toBuilder().setName("position_ids")));
        assertRefused("model.onnx: inputs [position_ids]: found in the graph, wanted none but input_ids, attention_mask"
                + " and past_key_values.N.key|value");
    }

    @Test
    void aMissingCacheOutputIsRefused() throws Exception {
        changeGraph(graph -> {
            for (int i = 0; i < graph.getOutputCount(); i++) {
                if (graph.getOutput(i).getName().equals("present.1.key")) {
                    graph.removeOutput(i);
                }
            }
        });
        assertRefused("model.onnx: output present.1.key: found none, wanted a tensor of FLOAT with rank 4");
    }

    @Test
    void aBrokenFileIsOrtsError() throws Exception {
        Files.writeString(folder.resolve("model.onnx"), "not a model");
        assertThrows(OrtException.class, () -> open(folder));
    }

    @Test
    void memoryThatNoOneWouldUseIsRefused() {
        ModelOptions portable = ModelOptions.defaults().withEngine(ModelOptions.Engine.PORTABLE);
        var error = assertThrows(IllegalArgumentException.class, () -> portable.withWeights(WeightMemory.HUGE_PAGES));
        assertEquals("weights: found HUGE_PAGES with engine PORTABLE, wanted MAPPED", error.getMessage());
        error = assertThrows(
                IllegalArgumentException.class,
                () -> ModelOptions.defaults().withConfigEntry("ai.bitnet.weights", "huge_pages"));
        assertEquals(
                "config entry ai.bitnet.weights: found one, wanted the option weights to be used", error.getMessage());
    }

    private void assertRefused(String ending) {
        var error = assertThrows(IllegalArgumentException.class, () -> open(folder));
        assertTrue(error.getMessage().endsWith(ending), error::getMessage);
    }

    private void changeGraph(Consumer<GraphProto.Builder> change) throws Exception {
        Path file = folder.resolve("model.onnx");
        ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
        change.accept(model.getGraphBuilder());
        Files.write(file, model.build().toByteArray());
    }

    private static void open(Path folder) throws Exception {
        BitNetModel.open(folder, ModelOptions.defaults().withEngine(ModelOptions.Engine.PORTABLE))
                .close();
    }
}
