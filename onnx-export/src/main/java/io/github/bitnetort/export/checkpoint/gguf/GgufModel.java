package io.github.bitnetort.export.checkpoint.gguf;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.checkpoint.QuantizationConfig;
import io.github.bitnetort.export.checkpoint.QuantizedMatrix;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** A model in a GGUF file: its configuration, its tensors, and the files that users of an exported model need. */
public final class GgufModel implements Closeable {
    /** What is read as part of something else, or says nothing that the metadata does not. */
    private static final Set<String> CONSUMED = Set.of("rope_freqs.weight", "attn_rot_embd.weight");

    private static final String EMBEDDING = "model.embed_tokens.weight";

    private final GgufFile file;
    private final GgufOptions options;
    private final GgufArchitecture architecture;
    private final SortedMap<String, GgufTensor> tensors = new TreeMap<>();
    private final Map<String, RowOrder> orders = new HashMap<>();
    private final Map<String, QuantizedMatrix> quantized = new HashMap<>();
    private final ModelConfig config;

    private GgufModel(GgufFile file, GgufOptions options) {
        this.file = file;
        this.options = options;
        GgufConfig reader = new GgufConfig(file);
        this.architecture = reader.architecture();
        ModelConfig unquantized = reader.read(null);
        file.tensors().values().forEach(tensor -> add(tensor, unquantized.headDim()));
        tensors.keySet().stream().filter(GgufNames::isLinear).forEach(this::quantize);
        if (unquantized.tiedEmbeddings() && tensors.get(EMBEDDING).type().isTernary()) {
            quantize(EMBEDDING);
        }
        this.config = reader.read(quantization());
    }

    /** @throws ExportException naming file, key or tensor, found and wanted, for what cannot be exported */
    public static GgufModel open(Path path, GgufOptions options) throws IOException {
        GgufFile file = GgufFile.open(path, options.i2sLayout());
        try {
            return new GgufModel(file, options);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** What the metadata says of the model. */
    public ModelConfig config() {
        return config;
    }

    /** The tensors; closed with this model. */
    public Checkpoint checkpoint() {
        return new GgufCheckpoint(file, tensors, orders, quantized);
    }

    /** Names and contents of the files that Hugging Face's software keeps beside a model. */
    public Map<String, byte[]> companions() {
        return new CompanionFiles(config, file.metadata(), architecture, options.preTokenizer()).all();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private void add(GgufTensor tensor, int headDim) {
        String name = tensor.name();
        if (CONSUMED.contains(name.replaceFirst("^blk\\.\\d+\\.", "")) || isScaleOfLinear(name)) {
            return;
        }
        String huggingFace = GgufNames.huggingFace(name)
                .filter(found -> GgufNames.belongsTo(architecture.architecture(), found))
                .orElseThrow(() -> ExportException.of(
                        file.path(),
                        "tensor " + name,
                        tensor.describe(),
                        "no such tensor in a model of architecture " + architecture.ggufName()));
        tensors.put(huggingFace, tensor);
        if (architecture.hasInterleavedHeads() && GgufNames.isRotated(huggingFace)) {
            if (tensor.shape().get(0) % headDim != 0) {
                throw ExportException.of(
                        file.path(), "tensor " + name, tensor.describe(), "rows of whole heads of " + headDim);
            }
            orders.put(huggingFace, new RowOrder(headDim));
        }
    }

    private void quantize(String name) {
        GgufTensor tensor = tensors.get(name);
        RowOrder order = orders.getOrDefault(name, RowOrder.SAME);
        if (tensor.type().isTernary()) {
            quantized.put(name, new TernaryMatrix(file, tensor, order, factor(tensor)));
        } else if (tensor.type().direct().isPresent()) {
            FloatTernaryMatrix.find(file, tensor, order, factor(tensor))
                    .ifPresent(matrix -> quantized.put(name, matrix));
        }
        if (!quantized.containsKey(name) && factor(tensor) != 1) {
            throw ExportException.of(
                    file.path(), "tensor " + scaleName(tensor), factor(tensor), "none for " + tensor.describe());
        }
    }

    /** Older files keep a layer's scale in a tensor of its own. */
    private float factor(GgufTensor weight) {
        GgufTensor scale = file.tensors().get(scaleName(weight));
        if (scale == null) {
            return 1;
        }
        if (scale.type() != TensorType.F32 || scale.elements() != 1) {
            throw ExportException.of(file.path(), "tensor " + scale.name(), scale.describe(), "F32 [1]");
        }
        return file.bytes(scale, 0, Float.BYTES).getFloat(0);
    }

    private static boolean isScaleOfLinear(String name) {
        return name.endsWith(".scale")
                && GgufNames.huggingFace(name.replaceFirst("\\.scale$", ".weight"))
                        .filter(GgufNames::isLinear)
                        .isPresent();
    }

    private static String scaleName(GgufTensor weight) {
        return weight.name().replaceFirst("\\.weight$", ".scale");
    }

    private QuantizationConfig quantization() {
        boolean online = false;
        List<String> dense = new ArrayList<>();
        for (String name : tensors.keySet()) {
            if (GgufNames.isLinear(name) && !quantized.containsKey(name)) {
                boolean layerOfMasters = architecture.quantizesOnline()
                        && !name.startsWith("lm_head")
                        && tensors.get(name).type().direct().isPresent();
                online |= layerOfMasters;
                if (!layerOfMasters) {
                    dense.add("^" + Pattern.quote(name.substring(0, name.lastIndexOf('.'))) + "$");
                }
            }
        }
        if (quantized.isEmpty() && !online) {
            throw ExportException.of(
                    file.path(), "linear layers", "no ternary or binary weights", "TQ1_0, TQ2_0, I2_S, Q1_0 or Q2_0");
        }
        if (!tensors.containsKey("lm_head.weight")) {
            dense.add("^lm_head$");
        }
        int blockSize = quantized.values().stream()
                .mapToInt(QuantizedMatrix::blockSize)
                .filter(size -> size > 0)
                .min()
                .orElse(0);
        boolean binary = !online && quantized.values().stream().allMatch(QuantizedMatrix::isBinary);
        return new QuantizationConfig(QuantizationConfig.Scheme.GGUF, dense, false, 1e-6f, blockSize, binary);
    }
}
