package io.github.bitnetort.export;

import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.model.PortableBody;
import io.github.bitnetort.ops.CustomBitMatMul;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Who writes the models, and with which operator sets. */
final class Producer {
    private static final String NAME = "bitnet-ort";

    private Producer() {}

    /** An empty model. */
    static OnnxModel newModel(String graphName) {
        OnnxModel model = new OnnxModel(graphName, NAME, version());
        model.opsets().put(OnnxOperator.ONNX_DOMAIN, PortableBody.ONNX_OPSET);
        model.opsets().put(CustomBitMatMul.DOMAIN, (long) CustomBitMatMul.OPSET_VERSION);
        return model;
    }

    /** The project's version, as the build wrote it. */
    private static String version() {
        try (InputStream in = Producer.class.getResourceAsStream("version.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
