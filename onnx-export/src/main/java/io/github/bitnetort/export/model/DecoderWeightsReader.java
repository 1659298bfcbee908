package io.github.bitnetort.export.model;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.checkpoint.BitLinearReader;
import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.DType;
import io.github.bitnetort.export.checkpoint.FloatTensors;
import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.checkpoint.TensorInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Finds a decoder's layers in a checkpoint; configuration and data must agree. */
final class DecoderWeightsReader {
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final String HEAD = "lm_head";
    private static final int COMPARED_BYTES = 1 << 20;

    private final Checkpoint checkpoint;
    private final ModelConfig config;
    private final BitLinearReader quantized;

    DecoderWeightsReader(Checkpoint checkpoint, ModelConfig config) {
        this.checkpoint = checkpoint;
        this.config = config;
        this.quantized = new BitLinearReader(checkpoint, config.quantization());
    }

    /** @throws ExportException naming file, tensor, found and wanted */
    DecoderWeights read() {
        String embedding = embedding();
        FloatTensors.require(checkpoint, embedding, config.vocab(), config.hidden());
        List<DecoderWeights.Layer> layers = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            layers.add(layer("model.layers." + i));
        }
        return new DecoderWeights(embedding, layers, head(embedding));
    }

    private DecoderWeights.Layer layer(String name) {
        int hidden = config.hidden();
        boolean attentionBias = config.attentionBias();
        boolean mlpBias = config.mlpBias();
        return new DecoderWeights.Layer(
                name,
                linear(name + ".self_attn.q_proj", config.attentionWidth(), hidden, attentionBias),
                linear(name + ".self_attn.k_proj", config.kvWidth(), hidden, attentionBias),
                linear(name + ".self_attn.v_proj", config.kvWidth(), hidden, attentionBias),
                linear(name + ".self_attn.o_proj", hidden, config.attentionWidth(), attentionBias),
                linear(name + ".mlp.gate_proj", config.intermediate(), hidden, mlpBias),
                linear(name + ".mlp.up_proj", config.intermediate(), hidden, mlpBias),
                linear(name + ".mlp.down_proj", hidden, config.intermediate(), mlpBias));
    }

    private Linear linear(String module, int n, int k, boolean hasBias) {
        return config.quantization().converts(module)
                ? new Linear.Quantized(quantized.read(module, n, k, hasBias))
                : dense(module, module + ".weight", n, k, hasBias);
    }

    private Linear.Dense dense(String module, String weight, int n, int k, boolean hasBias) {
        FloatTensors.require(checkpoint, weight, n, k);
        float[] bias = FloatTensors.readIf(checkpoint, hasBias, "attention_bias or mlp_bias", module + ".bias", n);
        return new Linear.Dense(module, weight, n, k, bias);
    }

    /** With tied weights either name may be the one that was stored. */
    private String embedding() {
        String head = HEAD + ".weight";
        boolean swapped = config.tiedEmbeddings() && !checkpoint.contains(EMBEDDING) && checkpoint.contains(head);
        return swapped ? head : EMBEDDING;
    }

    /** The head is what the data says: packed, floating point, or the embedding's own weights. */
    private Linear head(String embedding) {
        String weight = HEAD + ".weight";
        if (!checkpoint.contains(weight) && !config.tiedEmbeddings()) {
            // Raises the error that names the tensor.
            checkpoint.info(weight);
        }
        if (!checkpoint.contains(weight) || config.tiedEmbeddings() && sameBytes(weight, embedding)) {
            weight = embedding;
        }
        boolean packed = checkpoint.info(weight).dtype() == DType.U8
                || checkpoint.quantized(weight).isPresent();
        boolean online = !config.quantization().scheme().isPacked()
                && config.quantization().converts(HEAD);
        return packed || online
                ? new Linear.Quantized(quantized.read(HEAD, weight, config.vocab(), config.hidden(), false))
                : dense(HEAD, weight, config.vocab(), config.hidden(), false);
    }

    private boolean sameBytes(String a, String b) {
        TensorInfo first = checkpoint.info(a);
        TensorInfo second = checkpoint.info(b);
        if (first.dtype() != second.dtype() || !first.shape().equals(second.shape())) {
            return false;
        }
        for (long offset = 0; offset < first.byteLength(); offset += COMPARED_BYTES) {
            int length = (int) Math.min(COMPARED_BYTES, first.byteLength() - offset);
            ByteBuffer left = checkpoint.bytes(a, offset, length);
            if (!left.equals(checkpoint.bytes(b, offset, length))) {
                return false;
            }
        }
        return true;
    }
}
