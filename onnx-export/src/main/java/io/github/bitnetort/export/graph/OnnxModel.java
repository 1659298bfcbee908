package io.github.bitnetort.export.graph;

import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.export.onnx.ModelProto;
import io.github.bitnetort.export.onnx.OperatorSetIdProto;
import io.github.bitnetort.export.onnx.StringStringEntryProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A model: its graph, its local functions, the operator sets it uses and what its maker says of it. */
public final class OnnxModel {
    /** The IR version written: the first with model-local functions, read by ONNX Runtime since 1.11. */
    public static final int IR_VERSION = 8;

    /** What has no field of its own here, and operator sets and metadata as they were. */
    private final ModelProto rest;

    private final OnnxGraph graph;
    private long irVersion;
    private final List<FunctionProto> functions = new ArrayList<>();
    private final Map<String, Long> opsets = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    /** A model of an empty graph. */
    public OnnxModel(String graphName, String producerName, String producerVersion) {
        this(
                ModelProto.newBuilder()
                        .setIrVersion(IR_VERSION)
                        .setProducerName(producerName)
                        .setProducerVersion(producerVersion)
                        .build(),
                new OnnxGraph(graphName));
    }

    OnnxModel(ModelProto proto, OnnxGraph graph) {
        this.rest = proto.toBuilder().clearGraph().clearFunctions().build();
        this.graph = graph;
        this.irVersion = proto.getIrVersion();
        functions.addAll(proto.getFunctionsList());
        opsets.putAll(opsetsOf(rest));
        metadata.putAll(metadataOf(rest));
    }

    /** The main graph, which may be changed. */
    public OnnxGraph graph() {
        return graph;
    }

    /** The model-local functions; the list may be changed. */
    public List<FunctionProto> functions() {
        return functions;
    }

    /** Operator set versions by domain, "" being ONNX's own; the map may be changed. */
    public Map<String, Long> opsets() {
        return opsets;
    }

    /** The version of an operator set, ONNX's own under either of its names, "" and "ai.onnx"; 0 where it is not used. */
    public long opset(String domain) {
        boolean onnx = domain.equals(OnnxOperator.ONNX_DOMAIN) || domain.equals(OnnxOperator.ONNX_DOMAIN_IN_FULL);
        Long version = opsets.get(onnx ? OnnxOperator.ONNX_DOMAIN : domain);
        return version != null ? version : onnx ? opsets.getOrDefault(OnnxOperator.ONNX_DOMAIN_IN_FULL, 0L) : 0;
    }

    /** The maker's own properties; the map may be changed. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** The version of ONNX's file format. */
    public long irVersion() {
        return irVersion;
    }

    /** Raises the IR version where it is lower. */
    public void requireIrVersion(long version) {
        irVersion = Math.max(irVersion, version);
    }

    /** Who made the model, with the version; empty where it does not say. */
    public String producer() {
        return (rest.getProducerName() + " " + rest.getProducerVersion()).strip();
    }

    /** The model without initializers, in the file's form. */
    ModelProto.Builder toProto() {
        ModelProto.Builder proto = rest.toBuilder()
                .setIrVersion(irVersion)
                .setGraph(graph.toProto())
                .addAllFunctions(functions);
        if (!opsets.equals(opsetsOf(rest))) {
            proto.clearOpsetImport();
            opsets.forEach((domain, version) -> proto.addOpsetImport(
                    OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version)));
        }
        if (!metadata.equals(metadataOf(rest))) {
            proto.clearMetadataProps();
            metadata.forEach((key, value) -> proto.addMetadataProps(
                    StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        }
        return proto;
    }

    private static Map<String, Long> opsetsOf(ModelProto proto) {
        Map<String, Long> opsets = new LinkedHashMap<>();
        proto.getOpsetImportList().forEach(opset -> opsets.put(opset.getDomain(), opset.getVersion()));
        return opsets;
    }

    private static Map<String, String> metadataOf(ModelProto proto) {
        Map<String, String> metadata = new LinkedHashMap<>();
        proto.getMetadataPropsList().forEach(entry -> metadata.put(entry.getKey(), entry.getValue()));
        return metadata;
    }
}
