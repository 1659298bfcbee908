package io.github.bitnetort.tests.op;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.runtime.BitNetOps;
import io.github.bitnetort.runtime.WeightMemory;

/** Options of the sessions that are compared; whoever gets them closes them. */
public final class OpOptions {
    private OpOptions() {}

    /** With the op library, and weights where it has them if nothing is said. */
    public static OrtSession.SessionOptions withLibrary(int threads) throws OrtException {
        OrtSession.SessionOptions options = withThreads(threads);
        BitNetOps.register(options);
        return options;
    }

    /** With the op library, and its weights in that memory. */
    public static OrtSession.SessionOptions withLibrary(int threads, WeightMemory weights) throws OrtException {
        OrtSession.SessionOptions options = withThreads(threads);
        BitNetOps.register(options, weights);
        return options;
    }

    private static OrtSession.SessionOptions withThreads(int threads) throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(threads);
        // More threads than cores must not spin against each other.
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
        return options;
    }

    /** Without it, so that the function body answers; on one thread. */
    public static OrtSession.SessionOptions withoutLibrary(OrtSession.SessionOptions.OptLevel level)
            throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setOptimizationLevel(level);
        options.setIntraOpNumThreads(1);
        return options;
    }
}
