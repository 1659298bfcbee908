package io.github.bitnetort.tests.bench;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.runtime.BitNetOps;
import io.github.bitnetort.runtime.WeightMemory;

/** What models of nothing but one operator's nodes have in common. */
public final class BenchModels {
    static final String MICROSOFT = "com.microsoft";
    private static final long OPSET = 18;

    private BenchModels() {}

    /** Without a node, with the operator sets of all contenders. */
    public static OnnxModel empty(String name) {
        OnnxModel model = new OnnxModel(name, "bitnet-ort benchmarks", "");
        model.opsets().put(OnnxOperator.ONNX_DOMAIN, OPSET);
        model.opsets().put(MICROSOFT, 1L);
        model.opsets().put(CustomBitMatMul.DOMAIN, (long) CustomBitMatMul.OPSET_VERSION);
        return model;
    }

    /** Of a session that runs in turns with others; whoever gets them closes them. */
    public static OrtSession.SessionOptions options(int threads, WeightMemory memory) throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(threads);
        // Idle workers of one session that spin would slow the others down.
        options.addConfigEntry("session.force_spinning_stop", "1");
        BitNetOps.register(options, memory);
        return options;
    }
}
