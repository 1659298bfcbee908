package io.github.bitnetort.tests.attention;

import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.TensorProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.GroupQueryAttentionInputs;
import io.github.bitnetort.tests.op.OpTensor;
import io.github.bitnetort.tests.op.RowsCase;
import java.nio.LongBuffer;
import java.util.List;

/**
 * A case as one from rows X to rows Y, for programs in other languages: X is the query, and what else the op reads is
 * constant.
 */
public record AttentionRowsCase(AttentionCase given) implements RowsCase {
    /** The larger ones say nothing more and make large files. */
    private static final int MOST_FLOATS = 20_000;

    /** Those of the cases that are not large. */
    public static List<AttentionRowsCase> all() {
        return AttentionCases.all().stream()
                .filter(given -> given.presentKey().length <= MOST_FLOATS)
                .map(AttentionRowsCase::new)
                .toList();
    }

    @Override
    public String opType() {
        return given.opType();
    }

    @Override
    public OnnxModel model(boolean functionBody) {
        OnnxModel model = given.model(functionBody);
        OpTensor query = given.inputs().get(0);
        model.graph().inputs().clear();
        model.graph().inputs().add(Tensors.value("X", DataType.FLOAT, "batch", "tokens", inputWidth()));
        given.inputs().stream()
                .skip(1)
                .forEach(input -> model.graph().addInitializer(Initializer.inline(constant(input))));
        model.graph()
                .nodes()
                .replaceAll(node -> node.getInput(0).equals(query.name())
                        ? node.toBuilder().setInput(0, "X").build()
                        : node);
        model.graph().outputs().subList(1, 3).clear();
        return model;
    }

    private static TensorProto constant(OpTensor input) {
        return input.values() instanceof LongBuffer longs
                ? Tensors.longs(input.name(), input.shape(), longs.array())
                : Tensors.floats(input.name(), input.shape(), input.floats());
    }

    @Override
    public long[] leading() {
        GroupQueryAttentionInputs inputs = given.given();
        return new long[] {inputs.batch(), inputs.tokens()};
    }

    @Override
    public int inputWidth() {
        return (int) given.inputs().get(0).shape()[2];
    }

    @Override
    public int outputWidth() {
        return given.problem().spec().queryWidth();
    }

    @Override
    public float[] x() {
        return given.given().query();
    }

    @Override
    public float[] expected() {
        return given.outputs().get(0).floats();
    }

    @Override
    public boolean isPortable() {
        return given.isPortable();
    }

    @Override
    public double tolerance(int output, int index) {
        return given.tolerance(output, index);
    }

    @Override
    public String toString() {
        return given.toString();
    }
}
