package io.github.bitnetort.generate;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.runtime.BitNetOps;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An exported model, opened: the folder's {@code model.onnx} in an {@code OrtSession}, its configuration, and its
 * tokenizer where it has one. Thread-safe; each {@link Generator} made from it serves one thread.
 */
public final class BitNetModel implements AutoCloseable {
    static final String MODEL_FILE = "model.onnx";

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final ModelSession session;
    private final ModelSignature signature;
    private final ModelConfig config;
    private final TextTokenizer tokenizer;
    private final ChatTemplate chatTemplate;
    private final Path folder;

    private BitNetModel(Path folder, ModelOptions options) throws OrtException, IOException {
        this.folder = folder;
        config = ModelConfig.read(folder);
        chatTemplate = ChatTemplate.open(folder).orElse(null);
        session = new ModelSession(folder.toString(), openSession(folder.resolve(MODEL_FILE), options));
        try {
            signature = readSignature();
            tokenizer = TextTokenizer.open(folder).orElse(null);
        } catch (OrtException | IOException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** Opens with the op library and one thread for each core. */
    public static BitNetModel open(Path folder) throws OrtException, IOException {
        return open(folder, ModelOptions.defaults());
    }

    /**
     * @param folder what the exporter wrote: {@code model.onnx}, its weights, {@code config.json}, and where the
     *     checkpoint had them {@code generation_config.json} and {@code tokenizer.json}
     * @throws IllegalArgumentException when the folder is not such a model; names the file, what was found and wanted
     * @throws OrtException when ONNX Runtime does not take the graph
     */
    public static BitNetModel open(Path folder, ModelOptions options) throws OrtException, IOException {
        if (!Files.isRegularFile(folder.resolve(MODEL_FILE))) {
            throw new IllegalArgumentException(
                    folder + ": found no " + MODEL_FILE + ", wanted an exported model's folder");
        }
        if (!Files.isReadable(folder.resolve(MODEL_FILE))) {
            throw new AccessDeniedException(folder.resolve(MODEL_FILE).toString());
        }
        return new BitNetModel(folder, options);
    }

    private OrtSession openSession(Path file, ModelOptions options) throws OrtException {
        try (OrtSession.SessionOptions sessionOptions = new OrtSession.SessionOptions()) {
            if (options.threads() > 0) {
                sessionOptions.setIntraOpNumThreads(options.threads());
            }
            for (Map.Entry<String, String> entry : options.configEntries().entrySet()) {
                sessionOptions.addConfigEntry(entry.getKey(), entry.getValue());
            }
            if (options.profile().isPresent()) {
                sessionOptions.enableProfiling(options.profile().get().toString());
            }
            if (options.engine() == ModelOptions.Engine.PLUG_IN) {
                BitNetOps.register(sessionOptions, options.weights());
            }
            return environment.createSession(file.toString(), sessionOptions);
        }
    }

    private ModelSignature readSignature() throws OrtException {
        try {
            return session.signature();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(folder.resolve(MODEL_FILE) + ": " + e.getMessage(), e);
        }
    }

    /** What the model's own files say of it. */
    public ModelConfig config() {
        return config;
    }

    /** Empty where the folder has no {@code tokenizer.json}; everything but text then works. */
    public Optional<TextTokenizer> tokenizer() {
        return Optional.ofNullable(tokenizer);
    }

    TextTokenizer requireTokenizer() {
        return tokenizer()
                .orElseThrow(() -> new IllegalStateException(folder + ": found no " + TextTokenizer.TOKENIZER_FILE
                        + ", wanted one for text; token ids work without"));
    }

    /** Decoder layers. */
    public int layers() {
        return signature.layers();
    }

    /** Heads of keys and values in each layer. */
    public int kvHeads() {
        return signature.kvHeads();
    }

    /** Numbers in a head. */
    public int headDim() {
        return signature.headDim();
    }

    /** Token ids that the model knows: logits of a token. */
    public int vocabSize() {
        return signature.vocabSize();
    }

    /** A generator of its own for each thread and text stream; close it before the model. */
    public Generator generator() {
        return new Generator(this);
    }

    /** The template that the folder has for conversations; empty where it has none. */
    public Optional<ChatTemplate> chatTemplate() {
        return Optional.ofNullable(chatTemplate);
    }

    /**
     * A conversation by the model's own template; close it before the model.
     *
     * @throws IllegalStateException where the model has no tokenizer or no template
     */
    public ChatSession chat() {
        return chat(chatTemplate()
                .orElseThrow(() -> new IllegalStateException(folder + ": found no chat_template.jinja and no"
                        + " chat_template in tokenizer_config.json, wanted one for a conversation (--chat-template"
                        + " FILE gives another)")));
    }

    /** A conversation by another template. */
    public ChatSession chat(ChatTemplate template) {
        return new ChatSession(this, template);
    }

    /** The logits of one whole sequence, [1, seq, vocab]. */
    public Logits logits(long... ids) throws OrtException {
        long[] mask = new long[ids.length];
        Arrays.fill(mask, 1);
        return logits(new long[][] {ids}, new long[][] {mask});
    }

    /**
     * The logits of whole sequences in one run without a cache: for scoring.
     *
     * @param ids [batch, seq]: token ids, shorter sequences padded on the left with any token
     * @param mask [batch, seq]: 0 where {@code ids} is padding, 1 elsewhere
     * @return every position's logits; those of padding mean nothing
     * @throws IllegalArgumentException when the arrays' shapes, ids or mask values are not such
     */
    public Logits logits(long[][] ids, long[][] mask) throws OrtException {
        Batch batch = Batch.of(ids, mask, signature.vocabSize(), config.maxPositions());
        FloatBuffer values = DirectBuffers.floats("logits", (long) batch.size() * batch.seq() * signature.vocabSize());
        long[] shape = {batch.size(), batch.seq()};
        try (Tensors tensors = new Tensors()) {
            Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
            inputs.put(ModelSignature.INPUT_IDS, tensors.add(OnnxTensor.createTensor(environment, batch.ids(), shape)));
            inputs.put(
                    ModelSignature.ATTENTION_MASK,
                    tensors.add(OnnxTensor.createTensor(environment, batch.mask(), shape)));
            long[] emptyShape = {batch.size(), signature.kvHeads(), 0, signature.headDim()};
            OnnxTensor empty = tensors.add(OnnxTensor.createTensor(
                    environment, DirectBuffers.floats("empty cache", 1).limit(0), emptyShape));
            signature.pastNames().forEach(name -> inputs.put(name, empty));
            OnnxTensor output = tensors.add(OnnxTensor.createTensor(
                    environment, values, new long[] {batch.size(), batch.seq(), signature.vocabSize()}));
            session.run(inputs, Map.of(ModelSignature.LOGITS, output));
        }
        return new Logits(batch.size(), batch.seq(), signature.vocabSize(), values);
    }

    DecoderState newState(int batch, int capacity) throws OrtException {
        return new DecoderState(environment, session, signature, batch, capacity);
    }

    /**
     * Ends the profile that {@link ModelOptions#withProfile} began.
     *
     * @return the file, in ONNX Runtime's JSON format
     */
    public Path endProfiling() throws OrtException {
        return Path.of(session.endProfiling());
    }

    /**
     * Releases the session and the tokenizer. What still generates ends with an {@link IllegalStateException} at its next
     * token (or chunk of 128 prompt tokens), for which this waits. Harmless when repeated.
     */
    @Override
    public void close() throws OrtException {
        session.close();
        if (tokenizer != null) {
            tokenizer.close();
        }
    }
}
