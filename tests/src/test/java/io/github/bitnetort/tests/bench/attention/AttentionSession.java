package io.github.bitnetort.tests.bench.attention;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.runtime.WeightMemory;
import io.github.bitnetort.tests.bench.BenchModels;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A contender's nodes in ONNX Runtime, with as many sets of caches, one for each node, as it takes to leave the caches. */
final class AttentionSession implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final AttentionInputs given;
    private final AttentionContender contender;
    private final Plan plan;
    private final List<AutoCloseable> resources = new ArrayList<>();
    private final List<Binding> bindings = new ArrayList<>();
    private final OrtSession session;
    private AttentionCache last;

    /** One set of caches as inputs, and the same as outputs. */
    private record Binding(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {}

    AttentionSession(AttentionContender contender, AttentionInputs given, Plan plan, int threads) throws OrtException {
        this.given = given;
        this.contender = contender;
        this.plan = plan;
        try (OrtSession.SessionOptions options = BenchModels.options(threads, WeightMemory.MAPPED)) {
            byte[] model = new AttentionModel(contender, given.problem(), plan.nodes()).toBytes();
            session = environment.createSession(model, options);
        }
        resources.add(session);
        Map<String, OnnxTensor> shared = new HashMap<>(contender.lengths(given.chunk()));
        shared.put(
                AttentionModel.QUERY, OnnxTensor.createTensor(environment, FloatBuffer.wrap(given.query()), new long[] {
                    1, given.chunk().tokens(), given.problem().spec().joinedWidth()
                }));
        resources.addAll(shared.values());
        for (int set = 0; set < plan.sets(); set++) {
            bindings.add(bind(shared));
        }
    }

    private Binding bind(Map<String, OnnxTensor> shared) throws OrtException {
        Binding binding = new Binding(new HashMap<>(shared), new HashMap<>());
        for (int i = 0; i < plan.nodes(); i++) {
            AttentionNode node = new AttentionNode(i);
            last = new AttentionCache(given);
            resources.add(last);
            binding.inputs().put(node.pastKey(), last.keyTensor());
            binding.inputs().put(node.pastValue(), last.valueTensor());
            binding.outputs().put(node.presentKey(), last.keyTensor());
            binding.outputs().put(node.presentValue(), last.valueTensor());
        }
        return binding;
    }

    AttentionContender contender() {
        return contender;
    }

    /** Runs all nodes once with each set of caches; nanoseconds a node, which writes the same columns every time. */
    double nanosPerNode() throws OrtException {
        long start = System.nanoTime();
        for (Binding binding : bindings) {
            session.run(binding.inputs(), binding.outputs()).close();
        }
        return (System.nanoTime() - start) / ((double) plan.nodes() * plan.sets());
    }

    /** The Y of the last node with the last set of caches, [tokens, H D]. */
    float[] lastY() throws OrtException {
        Binding binding = bindings.get(plan.sets() - 1);
        String name = new AttentionNode(plan.nodes() - 1).y();
        try (OrtSession.Result result = session.run(binding.inputs(), Set.of(name), binding.outputs())) {
            FloatBuffer y = ((OnnxTensor) result.get(name).orElseThrow()).getFloatBuffer();
            float[] values = new float[y.remaining()];
            y.get(values);
            return values;
        }
    }

    /** That node's cache. */
    AttentionCache lastCache() {
        return last;
    }

    @Override
    public void close() throws OrtException {
        for (int i = resources.size() - 1; i >= 0; i--) {
            try {
                resources.get(i).close();
            } catch (OrtException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
