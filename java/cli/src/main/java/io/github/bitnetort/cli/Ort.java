package io.github.bitnetort.cli;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;

/** ONNX Runtime as the command line wants it: silent, for its errors come as exceptions too, and sending no usage events. */
final class Ort {
    private Ort() {}

    /** The process's environment; whoever asks first decides its log level, so commands ask before anything else does. */
    static OrtEnvironment environment() throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "bitnet");
        environment.setTelemetry(false);
        return environment;
    }
}
