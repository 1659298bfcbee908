package io.github.bitnetort.export.model;

import io.github.bitnetort.export.AttentionOperator;
import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.ExportOptions;
import io.github.bitnetort.export.Operators;
import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.export.onnx.ValueInfoProto;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.ops.RmsNormProblem;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds the graph of a decoder with a KV cache. Inputs, as onnxruntime-genai names them: {@code input_ids} int64
 * [batch, seq], {@code attention_mask} int64 [batch, total] of 0 (padding, on the left), 1 (a token) and 2 (a token
 * whose logits are not wanted), {@code past_key_values.N.key} and {@code .value} float [batch, kvHeads, past, headDim];
 * total counts cached and new tokens. Outputs: {@code logits} float [batch, kept, vocab], kept being seq without the
 * columns that have a 2, and {@code present.N.key}, {@code present.N.value} float [batch, kvHeads, present, headDim].
 *
 * <p>With {@link #SHARED_CACHE} past is the number of cached tokens or any capacity that holds total, present the larger
 * of past and total; where both are the same buffer, new tokens are written into it and nothing is copied. With
 * {@link #COPIED_CACHE} past is the number of cached tokens and present is total.
 */
public final class DecoderBuilder {
    /** The metadata that says how the graph keeps its cache: one of the next two. */
    public static final String CACHE_PROPERTY = "bitnet.kv_cache";

    /** Past and present may be one buffer of a fixed capacity. */
    public static final String SHARED_CACHE = "shared";

    /** Present is as long as past and new tokens together, and another buffer. */
    public static final String COPIED_CACHE = "copied";

    /** The metadata that says what attention is: {@link AttentionOperator#label()}, or "standard" operators. */
    public static final String ATTENTION_PROPERTY = "bitnet.attention";

    /** The metadata with the attention mask's value for a token whose logits are not wanted. */
    public static final String WITHOUT_LOGITS_PROPERTY = "bitnet.attention_mask.without_logits";

    private static final String BATCH = "batch";
    private static final String SEQ = "seq";
    private static final String PAST = "past";
    private static final String TOTAL = "total";
    private static final String PRESENT = "present";
    private static final String KEPT = "kept";

    private final ModelConfig config;
    private final Operators operators;
    private final DecoderWeights weights;
    private final GraphBuilder graph;
    private final NormNodes norms;
    private final EmbeddingNodes embedding;
    private final LinearNodes linears;
    private final DecoderAttention attention;
    private final MlpActivation activation;
    private boolean hasGatedUnits;

    private DecoderBuilder(
            OnnxModel model, Checkpoint checkpoint, ModelConfig config, Packing packing, ExportOptions options) {
        this.config = config;
        this.operators = options.operators();
        this.activation = MlpActivation.of(config);
        this.weights = new DecoderWeightsReader(checkpoint, config).read();
        this.graph = new GraphBuilder(model);
        this.norms = new NormNodes(graph, checkpoint, operators);
        DenseNodes dense = new DenseNodes(graph, checkpoint);
        this.embedding = new EmbeddingNodes(graph, checkpoint, dense, options.embedding());
        this.linears = new LinearNodes(
                graph,
                packing,
                weights.quantizedBias(),
                norms,
                config.quantization().rmsNormEps(),
                dense);
        HeadNormNodes headNorms = new HeadNormNodes(graph, norms, config);
        this.attention = new DecoderAttention(graph, config, weights, linears, headNorms, options);
    }

    /**
     * Adds the decoder to an empty model.
     *
     * @param packing of all quantized layers
     * @param options what the rest is made of
     * @return the functions that say in standard operators what ours mean
     * @throws ExportException naming file, tensor or field, found and wanted
     */
    public static List<FunctionProto> build(
            OnnxModel model, Checkpoint checkpoint, ModelConfig config, Packing packing, ExportOptions options) {
        if (options.operators() == Operators.ORT) {
            model.opsets().put(OnnxOperator.Ort.DOMAIN, (long) OnnxOperator.Ort.OPSET);
        }
        DecoderBuilder builder = new DecoderBuilder(model, checkpoint, config, packing, options);
        builder.decoder();
        model.metadata().put(CACHE_PROPERTY, builder.attention.sharesCache() ? SHARED_CACHE : COPIED_CACHE);
        model.metadata().put(ATTENTION_PROPERTY, builder.attention.label());
        model.metadata().put(WITHOUT_LOGITS_PROPERTY, Long.toString(LogitRows.WITHOUT_LOGITS));
        List<FunctionProto> bodies = new ArrayList<>();
        bodies.add(PortableBody.of(new PortableBody.Variant(
                packing, Activation.INT8, config.quantization().blockSize(), builder.weights.quantizedBias())));
        builder.embedding.body().ifPresent(bodies::add);
        if (builder.hasGatedUnits) {
            bodies.add(PortableGatedUnitBody.build(builder.hasNormedUnits()));
        }
        builder.norms.body().ifPresent(bodies::add);
        builder.attention.body().ifPresent(bodies::add);
        return bodies;
    }

    private void decoder() {
        String ids = graph.input(Tensors.value("input_ids", DataType.INT64, BATCH, SEQ));
        String mask = graph.input(Tensors.value("attention_mask", DataType.INT64, BATCH, TOTAL));
        for (int i = 0; i < config.layers(); i++) {
            graph.input(cache("past_key_values." + i + ".key", PAST));
            graph.input(cache("past_key_values." + i + ".value", PAST));
        }
        DecoderAttention.Layer perLayer = attention.begin(ids, mask);
        String embedded = embedding.lookup("model.embed_tokens", weights.embedding(), ids);
        ResidualStream stream = new ResidualStream(norms, embedded, config.hidden(), config.rmsNormEps());
        DecoderAttention.Layer last = ofWantedRows(new LogitRows(graph, ids, mask), stream, perLayer);
        for (int i = 0; i < config.layers(); i++) {
            layer(weights.layers().get(i), i, stream, i + 1 < config.layers() ? perLayer : last);
        }
        head(stream.normed("model.norm"));
        String tokens = attention.sharesCache() ? PRESENT : TOTAL;
        for (int i = 0; i < config.layers(); i++) {
            graph.output(cache("present." + i + ".key", tokens));
            graph.output(cache("present." + i + ".value", tokens));
        }
    }

    /** The last layer's: what is behind it sees only the rows whose logits are wanted. */
    private static DecoderAttention.Layer ofWantedRows(
            LogitRows rows, ResidualStream stream, DecoderAttention.Layer attention) {
        return (name, x, layer, cache) -> {
            stream.keep(value -> rows.of("stream", value));
            return rows.of("context", attention.add(name, x, layer, cache));
        };
    }

    private void layer(DecoderWeights.Layer layer, int index, ResidualStream stream, DecoderAttention.Layer attention) {
        stream.add(layer.name() + "/after_attention", attended(layer, index, stream, attention));
        stream.add(layer.name(), mlp(layer, stream));
    }

    private String attended(
            DecoderWeights.Layer layer, int index, ResidualStream stream, DecoderAttention.Layer attention) {
        String name = layer.name() + ".self_attn";
        AttentionNodes.Cache cache = new AttentionNodes.Cache(
                "past_key_values." + index + ".key",
                "past_key_values." + index + ".value",
                "present." + index + ".key",
                "present." + index + ".value");
        String context = attention.add(name, stream.normed(layer.name() + ".input_layernorm"), layer, cache);
        return linears.add(subNorm(name + ".attn_sub_norm", context, config.attentionWidth()), layer.o());
    }

    private String mlp(DecoderWeights.Layer layer, ResidualStream stream) {
        String name = layer.name() + ".mlp";
        String x = stream.normed(layer.name() + ".post_attention_layernorm");
        return linears.add(gatedUnit(name, name + ".ffn_sub_norm", x, layer), layer.down());
    }

    /**
     * Activated gates times values, and their norm where there is one, [batch, seq, intermediate]: one node of ours where it
     * is exact, else others.
     */
    private String gatedUnit(String name, String norm, String x, DecoderWeights.Layer layer) {
        List<Linear> parts = List.of(layer.gate(), layer.up());
        String product = name + "/product";
        int width = config.intermediate();
        if (operators == Operators.ORT && activation == MlpActivation.RELU2 && LinearNodes.canJoin(parts)) {
            hasGatedUnits = true;
            String joined = linears.addJoined(x, parts);
            return hasNormedUnits()
                    ? GatedUnitNodes.addNormed(
                            graph, norm, joined, norms.weights(norm, width), width, config.rmsNormEps())
                    : subNorm(norm, GatedUnitNodes.add(graph, product, width, joined), width);
        }
        List<String> projections = linears.addAll(x, parts);
        String activated = activation.add(graph, operators, name + "/activated", projections.get(0));
        return subNorm(norm, graph.add(OnnxOperator.MUL, product, List.of(activated, projections.get(1))), width);
    }

    /** Whether gated units of ours are followed by norms that they can take in. */
    private boolean hasNormedUnits() {
        return config.architecture().hasSubNorms() && RmsNormProblem.supports(config.intermediate());
    }

    private String subNorm(String module, String x, int width) {
        return config.architecture().hasSubNorms() ? norms.add(module, x, width, config.rmsNormEps()) : x;
    }

    private void head(String x) {
        String output = "logits";
        String logits =
                weights.head() instanceof Linear.Dense head ? embedding.head(x, head) : linears.add(x, weights.head());
        graph.add(OnnxOperator.IDENTITY, output, List.of(logits));
        graph.output(Tensors.value(output, DataType.FLOAT, BATCH, KEPT, config.vocab()));
    }

    private ValueInfoProto cache(String name, String tokens) {
        return Tensors.value(name, DataType.FLOAT, BATCH, config.kvHeads(), tokens, config.headDim());
    }
}
