package io.github.bitnetort.natives;

import io.github.bitnetort.natives.BitMatMulC.GqaCall;
import io.github.bitnetort.natives.BitMatMulC.GqaProblem;
import java.lang.ref.Reference;
import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;

/**
 * CustomGroupQueryAttention in the native library: its kernels, and running one. What {@link BitMatMulLibrary} says of
 * availability and of lists of instruction sets holds here too. All buffers are direct and in native byte order; what
 * counts is from position to limit.
 */
public final class GroupQueryAttention {
    /**
     * The attributes and the constants of a node; the native library checks them.
     *
     * @param positions R, the rows of the tables
     * @param cos [R, headDim / 2]
     * @param sin [R, headDim / 2]
     */
    public record Node(
            long numHeads,
            long kvNumHeads,
            long headDim,
            float scale,
            long positions,
            FloatBuffer cos,
            FloatBuffer sin) {
        /** @throws IllegalArgumentException where a buffer is not direct */
        public Node {
            MatMulInputs.requireDirect("cos", cos);
            MatMulInputs.requireDirect("sin", sin);
        }
    }

    /**
     * What a run gets.
     *
     * @param tokens S, new tokens of each of the batch's rows
     * @param total columns cached and new
     * @param pastCapacity P
     * @param query [batch, S, (H + 2 G) D] without key and value, [batch, S, H D] with them
     * @param key [batch, S, G D]; null for none
     * @param value [batch, S, G D]; null for none
     * @param pastKey [batch, G, P, D]
     * @param pastValue [batch, G, P, D]
     * @param padding [batch]
     */
    public record Inputs(
            long batch,
            long tokens,
            long total,
            long pastCapacity,
            FloatBuffer query,
            FloatBuffer key,
            FloatBuffer value,
            FloatBuffer pastKey,
            FloatBuffer pastValue,
            LongBuffer padding) {
        /** @throws IllegalArgumentException where a buffer is not direct */
        public Inputs {
            MatMulInputs.requireDirect("query", query);
            requireDirectOrNull("key", key);
            requireDirectOrNull("value", value);
            MatMulInputs.requireDirect("past_key", pastKey);
            MatMulInputs.requireDirect("past_value", pastValue);
            MatMulInputs.requireDirect("padding", padding);
        }

        private static void requireDirectOrNull(String name, Buffer buffer) {
            if (buffer != null) {
                MatMulInputs.requireDirect(name, buffer);
            }
        }
    }

    /**
     * Where results go; untouched on failure.
     *
     * @param y [batch, S, H D]
     * @param presentKey [batch, G, max(P, total), D]; where it is the past's memory, new columns are written alone
     * @param presentValue [batch, G, max(P, total), D], likewise
     */
    public record Outputs(FloatBuffer y, FloatBuffer presentKey, FloatBuffer presentValue) {
        /** @throws IllegalArgumentException where a buffer is not direct */
        public Outputs {
            MatMulInputs.requireDirect("y", y);
            MatMulInputs.requireDirect("present_key", presentKey);
            MatMulInputs.requireDirect("present_value", presentValue);
        }
    }

    /** The op's kernels. */
    public static final OpKernelTable KERNELS = new OpKernelTable(
            () -> BitMatMulC.bitmatmul_gqa_kernel_count(),
            (index, info) -> BitMatMulC.bitmatmul_gqa_kernel_get(index, info),
            (features, isas, message, size) -> BitMatMulC.bitmatmul_gqa_choose_kernel(features, isas, message, size));

    private GroupQueryAttention() {}

    /**
     * A run on the calling thread.
     *
     * @param isas a list of instruction sets, or null
     * @throws IllegalArgumentException for whatever breaks the contract
     */
    public static void run(Node node, String isas, Inputs inputs, Outputs outputs) {
        NativeLoader.library();
        try (GqaProblem problem = new GqaProblem();
                GqaCall call = new GqaCall();
                Message message = new Message();
                BytePointer list = isas == null ? null : new BytePointer(isas)) {
            fill(problem, node);
            fill(call, inputs);
            fill(call, outputs);
            int status = BitMatMulC.bitmatmul_gqa(problem, list, call, message.pointer(), message.size());
            if (status != BitMatMulC.BITMATMUL_OK) {
                throw new IllegalArgumentException(message.text());
            }
        } finally {
            // Nothing in Java reads their buffers any more, and native code has read their addresses alone.
            Reference.reachabilityFence(node);
            Reference.reachabilityFence(inputs);
            Reference.reachabilityFence(outputs);
        }
    }

    private static void fill(GqaProblem problem, Node node) {
        problem.spec()
                .num_heads(node.numHeads)
                .kv_num_heads(node.kvNumHeads)
                .head_dim(node.headDim)
                .scale(node.scale);
        problem.positions(node.positions)
                .cos(new FloatPointer(node.cos))
                .cos_count(node.cos.remaining())
                .sin(new FloatPointer(node.sin))
                .sin_count(node.sin.remaining());
    }

    private static void fill(GqaCall call, Inputs inputs) {
        call.batch(inputs.batch).tokens(inputs.tokens).total(inputs.total).past_capacity(inputs.pastCapacity);
        call.query(new FloatPointer(inputs.query)).query_count(inputs.query.remaining());
        call.key(pointer(inputs.key)).key_count(remaining(inputs.key));
        call.value(pointer(inputs.value)).value_count(remaining(inputs.value));
        call.past_key(new FloatPointer(inputs.pastKey)).past_key_count(inputs.pastKey.remaining());
        call.past_value(new FloatPointer(inputs.pastValue)).past_value_count(inputs.pastValue.remaining());
        call.padding(new LongPointer(inputs.padding)).padding_count(inputs.padding.remaining());
    }

    private static void fill(GqaCall call, Outputs outputs) {
        call.y(new FloatPointer(outputs.y)).y_count(outputs.y.remaining());
        call.present_key(new FloatPointer(outputs.presentKey)).present_key_count(outputs.presentKey.remaining());
        call.present_value(new FloatPointer(outputs.presentValue))
                .present_value_count(outputs.presentValue.remaining());
    }

    private static FloatPointer pointer(FloatBuffer buffer) {
        return buffer == null ? null : new FloatPointer(buffer);
    }

    private static long remaining(FloatBuffer buffer) {
        return buffer == null ? 0 : buffer.remaining();
    }
}
