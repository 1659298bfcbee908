package io.github.bitnetort.export.model;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.export.onnx.ValueInfoProto;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.Packing;
import java.util.List;

/**
 * Builds the graph of a decoder with a KV cache. Inputs, as onnxruntime-genai names them: {@code input_ids} int64
 * [batch, seq], {@code attention_mask} int64 [batch, total], {@code past_key_values.N.key} and {@code .value} float
 * [batch, kvHeads, past, headDim] with total = past + seq. Outputs: {@code logits} float [batch, seq, vocab] and
 * {@code present.N.key}, {@code present.N.value} float [batch, kvHeads, total, headDim].
 */
public final class DecoderBuilder {
    private static final String BATCH = "batch";
    private static final String SEQ = "seq";
    private static final String PAST = "past";
    private static final String TOTAL = "total";

    private final ModelConfig config;
    private final DecoderWeights weights;
    private final GraphBuilder graph;
    private final NormNodes norms;
    private final DenseNodes dense;
    private final LinearNodes linears;
    private final MlpActivation activation;

    private DecoderBuilder(OnnxModel model, Checkpoint checkpoint, ModelConfig config, Packing packing) {
        this.config = config;
        this.activation = MlpActivation.of(config);
        this.weights = new DecoderWeightsReader(checkpoint, config).read();
        this.graph = new GraphBuilder(model);
        this.norms = new NormNodes(graph, checkpoint);
        this.dense = new DenseNodes(graph, checkpoint);
        this.linears = new LinearNodes(
                graph,
                packing,
                weights.quantizedBias(),
                norms,
                config.quantization().rmsNormEps(),
                dense);
    }

    /**
     * Adds the decoder to an empty model.
     *
     * @param packing of all quantized layers
     * @return what a portable body must be written for
     * @throws ExportException naming file, tensor or field, found and wanted
     */
    public static PortableBody.Variant build(
            OnnxModel model, Checkpoint checkpoint, ModelConfig config, Packing packing) {
        DecoderBuilder builder = new DecoderBuilder(model, checkpoint, config, packing);
        builder.decoder();
        return new PortableBody.Variant(
                packing, Activation.INT8, config.quantization().blockSize(), builder.weights.quantizedBias());
    }

    private void decoder() {
        String ids = graph.input(Tensors.value("input_ids", DataType.INT64, BATCH, SEQ));
        String mask = graph.input(Tensors.value("attention_mask", DataType.INT64, BATCH, TOTAL));
        for (int i = 0; i < config.layers(); i++) {
            graph.input(cache("past_key_values." + i + ".key", PAST));
            graph.input(cache("past_key_values." + i + ".value", PAST));
        }
        PositionNodes positions = PositionNodes.add(graph, ids, mask, config);
        AttentionNodes attention = new AttentionNodes(graph, config, positions);
        String hidden = graph.add(
                OnnxOperator.GATHER,
                "model.embed_tokens",
                List.of(dense.tensor(weights.embedding()), ids),
                Attributes.of("axis", 0));
        for (int i = 0; i < config.layers(); i++) {
            hidden = layer(weights.layers().get(i), i, hidden, attention);
        }
        head(hidden);
        for (int i = 0; i < config.layers(); i++) {
            graph.output(cache("present." + i + ".key", TOTAL));
            graph.output(cache("present." + i + ".value", TOTAL));
        }
    }

    private String layer(DecoderWeights.Layer layer, int index, String hidden, AttentionNodes attention) {
        String attended = graph.add(
                OnnxOperator.ADD,
                layer.name() + "/after_attention",
                List.of(hidden, attention(layer, index, hidden, attention)));
        return graph.add(OnnxOperator.ADD, layer.name(), List.of(attended, mlp(layer, attended)));
    }

    private String attention(DecoderWeights.Layer layer, int index, String hidden, AttentionNodes attention) {
        String name = layer.name() + ".self_attn";
        String x = norms.add(layer.name() + ".input_layernorm", hidden, config.hidden(), config.rmsNormEps());
        List<String> projections = linears.addAll(x, List.of(layer.q(), layer.k(), layer.v()));
        AttentionNodes.Cache cache = new AttentionNodes.Cache(
                "past_key_values." + index + ".key",
                "past_key_values." + index + ".value",
                "present." + index + ".key",
                "present." + index + ".value");
        String context = attention.add(name, projections, cache);
        return linears.add(subNorm(name + ".attn_sub_norm", context, config.attentionWidth()), layer.o());
    }

    private String mlp(DecoderWeights.Layer layer, String hidden) {
        String name = layer.name() + ".mlp";
        String x = norms.add(layer.name() + ".post_attention_layernorm", hidden, config.hidden(), config.rmsNormEps());
        List<String> projections = linears.addAll(x, List.of(layer.gate(), layer.up()));
        String activated = activation.add(graph, name + "/activated", projections.get(0));
        String product = graph.add(OnnxOperator.MUL, name + "/product", List.of(activated, projections.get(1)));
        return linears.add(subNorm(name + ".ffn_sub_norm", product, config.intermediate()), layer.down());
    }

    private String subNorm(String module, String x, int width) {
        return config.architecture().hasSubNorms() ? norms.add(module, x, width, config.rmsNormEps()) : x;
    }

    private void head(String hidden) {
        String x = norms.add("model.norm", hidden, config.hidden(), config.rmsNormEps());
        String logits = linears.add(x, weights.head());
        String output = "logits";
        graph.add(OnnxOperator.IDENTITY, output, List.of(logits));
        graph.output(Tensors.value(output, DataType.FLOAT, BATCH, SEQ, config.vocab()));
    }

    private ValueInfoProto cache(String name, String tokens) {
        return Tensors.value(name, DataType.FLOAT, BATCH, config.kvHeads(), tokens, config.headDim());
    }
}
