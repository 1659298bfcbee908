package io.github.bitnetort.export;

import static io.github.bitnetort.export.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.ModelReader;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Embedding and head in float16: one tensor for a tied pair, rounded as IEEE has it, and what does not fit. */
class Float16EmbeddingTest {
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final long[] SHAPE = {TinyModel.VOCAB, TinyModel.HIDDEN};
    private static final ExportOptions OPTIONS = ExportOptions.DEFAULT.withEmbedding(EmbeddingType.F16);

    @TempDir
    private Path folder;

    private Path export(TinyModel model) throws IOException {
        Path out = folder.resolve("out");
        ModelExporter.export(model.write(folder.resolve("in")), out, OPTIONS, ProgressListener.NONE);
        return out;
    }

    private static float[] values() {
        float[] values = new float[TinyModel.VOCAB * TinyModel.HIDDEN];
        Arrays.fill(values, 0.25f);
        return values;
    }

    private static short[] stored(Path out) throws IOException {
        try (ModelReader reader = ModelReader.open(ModelInspector.modelFile(out))) {
            Initializer tensor = reader.model().graph().initializer(EMBEDDING).orElseThrow();
            assertEquals(DataType.FLOAT16_VALUE, tensor.dataType());
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            tensor.data().orElseThrow().writeTo(Channels.newChannel(bytes));
            short[] halves = new short[bytes.size() / Short.BYTES];
            ByteBuffer.wrap(bytes.toByteArray())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asShortBuffer()
                    .get(halves);
            return halves;
        }
    }

    @Test
    void aTiedPairIsOneTensor() throws IOException {
        ModelReport report = ModelInspector.inspect(export(TinyModel.llama()));
        assertEquals("f16", report.metadata().get("bitnet.embedding"));
        ModelReport.Tensor embedding = report.others().get(0);
        assertEquals(EMBEDDING, embedding.name());
        assertEquals("FLOAT16", embedding.type());
        assertEquals(List.of("CustomMatMulF16", "Gather"), embedding.usedBy());
        assertEquals(TinyModel.VOCAB * TinyModel.HIDDEN * Short.BYTES, embedding.bytes());
        assertEquals(1, report.operators().get("CustomMatMulF16"));
    }

    @Test
    void anUntiedHeadIsAnother() throws IOException {
        Path out = export(TinyModel.llama()
                .config("tie_word_embeddings", "false")
                .floats("lm_head.weight", TinyModel.VOCAB, TinyModel.HIDDEN));
        List<ModelReport.Tensor> tensors = ModelInspector.inspect(out).others().stream()
                .filter(tensor -> tensor.type().equals("FLOAT16"))
                .toList();
        assertEquals(
                List.of(List.of("CustomMatMulF16"), List.of("Gather")),
                tensors.stream()
                        .map(ModelReport.Tensor::usedBy)
                        .sorted((a, b) -> a.toString().compareTo(b.toString()))
                        .toList());
    }

    @Test
    void roundsToTheNearestAndKeepsSubnormalNumbers() throws IOException {
        float[] values = values();
        float[] some = {1 + 0x1p-11f, 1 + 0x3p-11f, 0x1p-24f, -0x1.8p-24f, 0x1p-25f, 65519.996f, -0f, 1e-30f};
        System.arraycopy(some, 0, values, 0, some.length);
        TinyModel model = TinyModel.llama();
        model.tensors.floats(EMBEDDING, SHAPE, values);
        short[] found = stored(export(model));
        short[] wanted = {0x3c00, 0x3c02, 1, (short) 0x8002, 0, 0x7bff, (short) 0x8000, 0};
        assertArrayEquals(wanted, Arrays.copyOf(found, some.length));
        assertEquals(0x3400, found[found.length - 1]);
    }

    @ParameterizedTest
    @ValueSource(floats = {65536f, -1e30f, Float.POSITIVE_INFINITY, Float.NaN})
    void whatDoesNotFitIsNamed(float value) throws IOException {
        float[] values = values();
        values[5 * TinyModel.HIDDEN + 3] = value;
        TinyModel model = TinyModel.llama();
        model.tensors.bfloats(EMBEDDING, SHAPE, values);
        float found = Float.intBitsToFloat(Float.floatToRawIntBits(value) & 0xffff0000);
        assertRefused(
                () -> export(model),
                folder.resolve("in").resolve("model.safetensors").toString(),
                "tensor " + EMBEDDING + ": row 5, column 3: found " + found + ", wanted a number that float16 holds");
        assertFalse(Files.exists(folder.resolve("out")));
    }
}
