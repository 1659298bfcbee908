package io.github.bitnetort.generate;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.Map;

/** A model's session, which cannot be closed under a run. */
final class ModelSession implements AutoCloseable {
    private final OrtSession session;
    private final InUse inUse;

    /** @param name for errors */
    ModelSession(String name, OrtSession session) {
        this.session = session;
        inUse = new InUse(name);
    }

    ModelSignature signature() throws OrtException {
        return ModelSignature.of(session);
    }

    /** Runs the graph into these outputs. */
    void run(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) throws OrtException {
        inUse.<Void, OrtException>use(() -> {
            session.run(inputs, outputs).close();
            return null;
        });
    }

    String endProfiling() throws OrtException {
        return inUse.use(session::endProfiling);
    }

    @Override
    public void close() throws OrtException {
        inUse.close(session::close);
    }
}
