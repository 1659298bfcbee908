package io.github.bitnetort.export.checkpoint;

import io.github.bitnetort.export.ExportException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A model's config.json, with the architecture's defaults where it is silent.
 *
 * @param vocab rows of the embedding
 * @param headDim width of one attention head
 * @param activation the MLP's function, by transformers' name
 * @param tiedEmbeddings whether the head shares the embedding's weights
 * @param attentionBias whether q_proj, k_proj, v_proj and o_proj have a bias
 * @param mlpBias whether gate_proj, up_proj and down_proj have one
 */
public record ModelConfig(
        Path file,
        Architecture architecture,
        int vocab,
        int hidden,
        int intermediate,
        int layers,
        int heads,
        int kvHeads,
        int headDim,
        String activation,
        float rmsNormEps,
        boolean tiedEmbeddings,
        boolean attentionBias,
        boolean mlpBias,
        int maxPositions,
        RopeConfig rope,
        QuantizationConfig quantization) {
    /** The file in a checkpoint's directory. */
    public static final String FILE_NAME = "config.json";

    /**
     * Reads {@code config.json} of a checkpoint's directory, in the spelling of any version of transformers.
     *
     * @throws ExportException naming the field, found and wanted
     * @throws IOException where the file cannot be read
     */
    public static ModelConfig read(Path directory) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        return ModelConfigReader.read(new JsonFields(file, "", Json.readConfig(file)));
    }

    /** Columns of the concatenated heads: what o_proj reads. */
    public int attentionWidth() {
        return Math.multiplyExact(heads, headDim);
    }

    /** Columns of all keys, and of all values, of one position. */
    public int kvWidth() {
        return Math.multiplyExact(kvHeads, headDim);
    }
}
