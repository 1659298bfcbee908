package io.github.bitnetort.tests.attention;

import io.github.bitnetort.export.SingleAttentionModel;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.CustomGroupQueryAttention;
import io.github.bitnetort.ops.GroupQueryAttentionInputs;
import io.github.bitnetort.ops.GroupQueryAttentionProblem;
import io.github.bitnetort.ops.GroupQueryAttentionSpec;
import io.github.bitnetort.ops.ScalarGroupQueryAttention;
import io.github.bitnetort.tests.op.OpCase;
import io.github.bitnetort.tests.op.OpTensor;
import java.util.ArrayList;
import java.util.List;

/** One run of the op with the answer of the oracle. */
public final class AttentionCase implements OpCase {
    private final GroupQueryAttentionProblem problem;
    private final GroupQueryAttentionInputs inputs;
    private final boolean finite;
    private final float[] y;
    private final float[] presentKey;
    private final float[] presentValue;
    private double[] tolerances;

    /** @param finite whether all inputs are: the portable body promises nothing else */
    AttentionCase(GroupQueryAttentionProblem problem, GroupQueryAttentionInputs inputs, boolean finite) {
        this.problem = problem;
        this.inputs = inputs;
        this.finite = finite;
        GroupQueryAttentionSpec spec = problem.spec();
        int cache = inputs.batch() * spec.kvWidth() * inputs.presentCapacity();
        y = new float[inputs.batch() * inputs.tokens() * spec.queryWidth()];
        presentKey = new float[cache];
        presentValue = new float[cache];
        ScalarGroupQueryAttention.compute(problem, inputs, y, presentKey, presentValue);
    }

    GroupQueryAttentionProblem problem() {
        return problem;
    }

    GroupQueryAttentionInputs given() {
        return inputs;
    }

    float[] presentKey() {
        return presentKey;
    }

    /** Whether past and present may be one buffer. */
    boolean mayRunInPlace() {
        return inputs.presentCapacity() == inputs.capacity();
    }

    private boolean joined() {
        return inputs.key() == null;
    }

    @Override
    public String opType() {
        return CustomGroupQueryAttention.OP_TYPE;
    }

    @Override
    public OnnxModel model(boolean functionBody) {
        return new SingleAttentionModel(problem, joined(), functionBody).toModel();
    }

    @Override
    public List<OpTensor> inputs() {
        GroupQueryAttentionSpec spec = problem.spec();
        List<OpTensor> tensors = new ArrayList<>();
        int width = joined() ? spec.joinedWidth() : spec.queryWidth();
        tensors.add(rows(CustomGroupQueryAttention.QUERY, inputs.query(), width));
        if (!joined()) {
            tensors.add(rows(CustomGroupQueryAttention.KEY, inputs.key(), spec.kvWidth()));
            tensors.add(rows(CustomGroupQueryAttention.VALUE, inputs.value(), spec.kvWidth()));
        }
        tensors.add(cache(CustomGroupQueryAttention.PAST_KEY, inputs.pastKey(), inputs.capacity()));
        tensors.add(cache(CustomGroupQueryAttention.PAST_VALUE, inputs.pastValue(), inputs.capacity()));
        tensors.add(OpTensor.of(CustomGroupQueryAttention.TOTAL.name(), new long[] {1}, (long) inputs.total()));
        tensors.add(
                OpTensor.of(CustomGroupQueryAttention.PADDING.name(), new long[] {inputs.batch()}, inputs.padding()));
        return tensors;
    }

    @Override
    public List<OpTensor> outputs() {
        return List.of(
                rows(CustomGroupQueryAttention.Y, y, problem.spec().queryWidth()),
                cache(CustomGroupQueryAttention.PRESENT_KEY, presentKey, inputs.presentCapacity()),
                cache(CustomGroupQueryAttention.PRESENT_VALUE, presentValue, inputs.presentCapacity()));
    }

    @Override
    public boolean isPortable() {
        return finite;
    }

    /** Of Y alone: the cache has no sums. */
    @Override
    public double tolerance(int output, int index) {
        if (output > 0) {
            return -1;
        }
        if (tolerances == null) {
            tolerances = AttentionTolerance.of(this);
        }
        return tolerances[index];
    }

    private OpTensor rows(CustomBitMatMul.Tensor tensor, float[] values, int width) {
        return OpTensor.of(tensor.name(), new long[] {inputs.batch(), inputs.tokens(), width}, values);
    }

    private OpTensor cache(CustomBitMatMul.Tensor tensor, float[] values, int columns) {
        long[] shape = {
            inputs.batch(), problem.spec().kvHeads(), columns, problem.spec().headDim()
        };
        return OpTensor.of(tensor.name(), shape, values);
    }

    @Override
    public String toString() {
        GroupQueryAttentionSpec spec = problem.spec();
        return CustomGroupQueryAttention.OP_TYPE + " of " + spec.heads() + " heads on " + spec.kvHeads() + " of "
                + spec.headDim() + ", " + inputs + (finite ? "" : ", not finite");
    }
}
