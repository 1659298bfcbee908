package io.github.bitnetort.tests.endtoend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.ExportOptions;
import io.github.bitnetort.export.ExportedBitMatMul;
import io.github.bitnetort.export.ModelExporter;
import io.github.bitnetort.export.ModelInspector;
import io.github.bitnetort.export.ProgressListener;
import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.GenerationOptions;
import io.github.bitnetort.generate.GenerationOptions.EndOfSequence;
import io.github.bitnetort.generate.GenerationResult;
import io.github.bitnetort.generate.Generator;
import io.github.bitnetort.generate.TextTokenizer;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** GGUF files that other software made of the trained model, beside the safetensors that they were made of. */
class GgufModelTest {
    private static final int[] SAFE_PROMPTS = {0, 1, 4, 5};
    private static final int STEPS = 64;

    /**
     * The files hold the embedding as float16, which cannot hold all bfloat16 numbers: 24 of its 524288 elements, all
     * below 7.6e-6, are off by up to 3e-8. All else in them is the same number.
     */
    private static final double EMBEDDING_ROUNDING = 1e-5;

    static List<Fixture> files() {
        return List.of(new Fixture("gguf/kjv-bitnet.i2_s.gguf"), new Fixture("gguf/kjv-bitnet.tq2_0.gguf"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void quantizedLayersAreThoseOfTheSafetensors(Fixture file) throws Exception {
        List<ExportedBitMatMul> wanted = ModelInspector.bitMatMuls(Fixture.TRAINED.exported());
        List<ExportedBitMatMul> found = ModelInspector.bitMatMuls(file.exported());
        assertEquals(24, found.size());
        for (int i = 0; i < found.size(); i++) {
            ExportedBitMatMul node = found.get(i);
            assertEquals(wanted.get(i).node(), node.node());
            assertEquals(wanted.get(i).spec(), node.spec());
            assertArrayEquals(wanted.get(i).scale(), node.scale(), node.node());
            assertArrayEquals(words(wanted.get(i)), words(node), node.node());
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void logitsAreThoseOfTheSafetensorsButForTheEmbeddingsRounding(Fixture file) throws Exception {
        try (References references = Fixture.TRAINED.references();
                BitNetModel wanted = BitNetModel.open(Fixture.TRAINED.exportedExactly());
                BitNetModel found = BitNetModel.open(file.exportedExactly())) {
            double largest = 0;
            int different = 0;
            int all = 0;
            LogitComparison comparison = new LogitComparison();
            for (String prompt : references.between("", ".input_ids")) {
                long[][] ids = references.rows(prompt + ".input_ids");
                long[][] mask = new long[1][ids[0].length];
                Arrays.fill(mask[0], 1);
                comparison.add(found.logits(ids, mask), references.floats(prompt + ".logits.f32"), mask);
                FloatBuffer a = wanted.logits(ids, mask).values();
                FloatBuffer b = found.logits(ids, mask).values();
                for (int i = 0; i < ids[0].length * wanted.vocabSize(); i++) {
                    largest = Math.max(largest, Math.abs((double) a.get(i) - b.get(i)));
                    different += a.get(i) == b.get(i) ? 0 : 1;
                    all++;
                }
            }
            System.out.printf(
                    "%s: %d of %d logits differ from the safetensors route's, by %.2g at most%n",
                    file, different, all, largest);
            System.out.printf("%s, against Hugging Face: %s%n", file, comparison);
            assertTrue(largest <= EMBEDDING_ROUNDING, file + ": " + largest);
            assertTrue(comparison.isFaithful(), file + ": " + comparison);
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void sameGreedyTokensAsHuggingFace(Fixture file) throws Exception {
        try (References references = Fixture.TRAINED.references();
                BitNetModel model = BitNetModel.open(file.exportedExactly());
                Generator generator = model.generator()) {
            GenerationOptions options = GenerationOptions.greedy(STEPS).withEndOfSequence(EndOfSequence.IGNORE);
            for (int prompt : SAFE_PROMPTS) {
                GenerationResult result =
                        generator.generate(references.longs("prompt" + prompt + ".input_ids"), options);
                List<Long> wanted = Arrays.stream(references.longs("prompt" + prompt + ".greedy.f32"))
                        .limit(STEPS)
                        .boxed()
                        .toList();
                assertEquals(wanted, result.tokenIds(), "prompt " + prompt);
            }
        }
    }

    @Test
    void bothFilesAndThatOfFloatsGiveTheSameBytes(@TempDir Path folder) throws Exception {
        Path gguf = folder.resolve("kjv-bitnet.f16.gguf");
        try (InputStream in =
                new GZIPInputStream(Files.newInputStream(Path.of("fixtures/gguf/kjv-bitnet.f16.gguf.gz")))) {
            Files.copy(in, gguf);
        }
        Path floats = folder.resolve("out");
        ModelExporter.export(gguf, floats, ExportOptions.DEFAULT, ProgressListener.NONE);
        for (String name : List.of("model.onnx", "model.onnx.data")) {
            byte[] first = Files.readAllBytes(files().get(0).exported().resolve(name));
            assertArrayEquals(
                    first, Files.readAllBytes(files().get(1).exported().resolve(name)), name);
            assertArrayEquals(first, Files.readAllBytes(floats.resolve(name)), name);
        }
    }

    @Test
    void tokenizerOfTheMetadataGivesTheIdsOfTheOriginal() throws Exception {
        try (References heldout = Fixture.heldout("heldout_tokens.safetensors");
                TextTokenizer original =
                        TextTokenizer.open(Fixture.TRAINED.checkpoint()).orElseThrow();
                TextTokenizer made =
                        TextTokenizer.open(files().get(0).exported()).orElseThrow()) {
            long[] ids = heldout.longs("ids");
            long[] offsets = heldout.longs("offsets");
            int compared = 0;
            for (int chapter = 0; chapter + 1 < offsets.length; chapter++) {
                String text =
                        original.decode(Arrays.copyOfRange(ids, (int) offsets[chapter], (int) offsets[chapter + 1]));
                long[] wanted = original.encode(text);
                assertArrayEquals(wanted, made.encode(text), "chapter " + chapter);
                assertEquals(text, made.decode(wanted));
                compared += wanted.length;
            }
            for (String text : List.of("", " ", "\n\n", "<|eot_id|>x", "Don't 12345 \u00e9\u4e2d\ud83d\ude00 \t x")) {
                assertArrayEquals(original.encode(text), made.encode(text), text);
            }
            System.out.printf("tokenizer of the metadata: %d ids of held-out text are the original's%n", compared);
            assertTrue(compared > 20_000);
        }
    }

    /**
     * A tokenizer that sentencepiece trained, by its scores. Behind a special token Llama 2's conversion (and llama.cpp)
     * put a space, sentencepiece does not.
     */
    @Test
    void sentencePieceOfTheMetadataGivesItsOwnIds() throws Exception {
        Fixture file = new Fixture("gguf-q2_0-llama");
        JsonNode cases = new JsonMapper().readTree(Files.readAllBytes(file.file("tokenizations.json")));
        int compared = 0;
        try (TextTokenizer made = TextTokenizer.open(file.exported()).orElseThrow()) {
            for (JsonNode tokenized : cases) {
                String text = tokenized.path("text").stringValue();
                long[] ids = made.encode(text);
                assertArrayEquals(longs(tokenized.path("transformers")), ids, text);
                if (!text.contains("<|user|>")) {
                    assertArrayEquals(longs(tokenized.path("sentencepiece")), ids, text);
                }
                compared += ids.length;
            }
        }
        System.out.printf("SentencePiece tokenizer of the metadata: %d ids are sentencepiece's own%n", compared);
        assertTrue(compared > 5_000);
    }

    private static long[] longs(JsonNode list) {
        return list.valueStream().mapToLong(JsonNode::longValue).toArray();
    }

    private static int[] words(ExportedBitMatMul node) {
        int perTile = node.spec().layout().wordsPerTile();
        int[] words = new int[node.spec().layout().wordCount()];
        int[] tile = new int[perTile];
        for (int i = 0; i < node.spec().layout().rowTiles(); i++) {
            node.weights().copyTile(i, tile);
            System.arraycopy(tile, 0, words, i * perTile, perTile);
        }
        return words;
    }
}
