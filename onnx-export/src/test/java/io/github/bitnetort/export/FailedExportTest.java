package io.github.bitnetort.export;

import static io.github.bitnetort.export.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an export leaves behind when it fails. */
class FailedExportTest extends AbstractEarlierExportTest {
    private static final String Q = "model.layers.1.self_attn.q_proj";

    static Stream<Arguments> broken() {
        return Stream.of(
                broken("tensor " + Q + ".weight: found none", model -> model.tensors.remove(Q + ".weight")),
                broken("tensor " + Q + ".weight_scale: found none", model -> model.tensors.remove(Q + ".weight_scale")),
                broken("tensor model.norm.weight: found none", model -> model.tensors.remove("model.norm.weight")),
                broken(
                        "tensor model.embed_tokens.weight: found none",
                        model -> model.tensors.remove("model.embed_tokens.weight")),
                broken("tensor lm_head.weight: found none", model -> model.config("tie_word_embeddings", "false")),
                broken(
                        "tensor model.layers.2.self_attn.q_proj.weight",
                        model -> model.config("num_hidden_layers", "3")),
                broken(
                        "found U8 [3, 12], wanted packed ternary weights U8 [5, 20]",
                        model -> model.config("hidden_size", "20")
                                .config("num_attention_heads", "5")
                                .floats("model.embed_tokens.weight", TinyModel.VOCAB, 20)),
                broken(Q + ".weight: found BF16 [12, 12], wanted packed", model -> {
                    model.tensors.remove(Q + ".weight");
                    model.floats(Q + ".weight", TinyModel.HIDDEN, TinyModel.HIDDEN);
                }),
                broken(
                        Q + ".weight: found U8 [3, 12], wanted floating point",
                        model -> model.quantization("modules_to_not_convert", "[\"" + Q + "\"]")),
                broken(
                        "found U8",
                        model -> model.quantization("linear_class", "\"autobitlinear\"")
                                .quantization("quantization_mode", "\"online\"")),
                broken(
                        Q + ".bias: found BF16 [12], wanted no such tensor",
                        model -> model.floats(Q + ".bias", TinyModel.HIDDEN)),
                broken("self_attn.q_proj.bias: found none", model -> model.config("attention_bias", "true")),
                broken(
                        "found I8 [12], wanted floating point [12]",
                        model -> model.tensors.put("model.norm.weight", "I8", new long[] {12}, new byte[12])),
                broken("model.norm.weight: element 0: found Infinity", model -> {
                    float[] weights = new float[TinyModel.HIDDEN];
                    Arrays.fill(weights, Float.POSITIVE_INFINITY);
                    model.tensors.floats("model.norm.weight", new long[] {TinyModel.HIDDEN}, weights);
                }),
                // Only found while the weights are being written.
                broken("tensor " + Q + ".weight: row 11, column 2: found code 3", model -> {
                    byte[] codes = model.tensors.get(Q + ".weight").bytes();
                    codes[2 * TinyModel.HIDDEN + 2] |= (byte) 0xc0;
                }));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void leavesNothingNewAndWhatWasThere(String part, Consumer<TinyModel> damage) throws IOException {
        TinyModel model = TinyModel.llama();
        damage.accept(model);
        Path broken = model.write(folder.resolve("broken"));
        Map<Path, String> before = contents();
        assertRefused(
                () -> ModelExporter.export(
                        broken, folder.resolve("new/deep"), ExportOptions.DEFAULT, ProgressListener.NONE),
                broken.toString(),
                part);
        assertRefused(() -> ModelExporter.export(broken, out, OVERWRITE, ProgressListener.NONE), part);
        assertEquals(before, contents());
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "INT8"})
    void namesFileAndTensorOfANumberThatIsNone(EmbeddingType embedding) {
        TinyModel model = TinyModel.llama();
        float[] values = new float[TinyModel.VOCAB * TinyModel.HIDDEN];
        values[5 * TinyModel.HIDDEN + 3] = Float.NaN;
        model.tensors.floats("model.embed_tokens.weight", new long[] {TinyModel.VOCAB, TinyModel.HIDDEN}, values);
        Path broken = model.write(folder.resolve("broken"));
        assertRefused(
                () -> ModelExporter.export(
                        broken,
                        folder.resolve("new"),
                        ExportOptions.DEFAULT.withEmbedding(embedding),
                        ProgressListener.NONE),
                broken.resolve("model.safetensors") + ": tensor model.embed_tokens.weight: ",
                "found NaN");
        assertFalse(Files.exists(folder.resolve("new")));
    }

    @Test
    void survivesAListenerThatThrows() throws IOException {
        Map<Path, String> before = contents();
        assertThrows(
                IllegalStateException.class,
                () -> ModelExporter.export(checkpoint, out, OVERWRITE, (item, done, total) -> {
                    throw new IllegalStateException("stop");
                }));
        assertEquals(before, contents());
    }

    /** The file loses its tensors when the first is written and the last are not read yet. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void namesFileAndTensorWhereReadingFailsMeanwhile(int threads) throws IOException {
        Path file = checkpoint.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        Map<Path, String> before = contents();
        assertRefused(
                () -> ModelExporter.export(checkpoint, out, OVERWRITE.withThreads(threads), (item, done, total) -> {
                    if (item.equals("model.embed_tokens.weight")) {
                        truncate(file);
                    }
                }),
                file.toString(),
                ": tensor model.layers.",
                "found its end at byte 1000, wanted");
        Files.write(file, bytes);
        assertEquals(before, contents());
    }

    private static void truncate(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(1000);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Arguments broken(String part, Consumer<TinyModel> damage) {
        return Arguments.of(part, damage);
    }
}
