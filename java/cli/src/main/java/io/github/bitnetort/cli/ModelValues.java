package io.github.bitnetort.cli;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.ModelProbe;
import io.github.bitnetort.export.ProbePoint;
import io.github.bitnetort.generate.ModelOptions.Engine;
import io.github.bitnetort.runtime.BitNetOps;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What a model's layers read and give in one run of ONNX Runtime. */
final class ModelValues implements ProbeValues {
    /** Where a model that is loaded from memory finds its external data. */
    private static final String DATA_FOLDER = "session.model_external_initializers_file_folder_path";

    private final String description;
    private final Map<String, float[]> values;

    private ModelValues(String description, Map<String, float[]> values) {
        this.description = description;
        this.values = values;
    }

    /** Runs the model once; a point that the graph does not have is left out. */
    static ModelValues run(
            OrtEnvironment environment, ModelProbe model, Engine engine, ProbeInputs inputs, List<ProbePoint> points)
            throws OrtException {
        List<String> names = points.stream()
                .flatMap(point -> Stream.of(point.x(), point.y()))
                .distinct()
                .filter(model::hasValue)
                .toList();
        if (names.isEmpty()) {
            throw new IllegalArgumentException(model.file() + ": found none of the " + points.size()
                    + " layers to compare, such as " + points.get(0).module() + ", wanted a model that has them");
        }
        String description = model.file() + " (" + engine.name().toLowerCase(Locale.ROOT) + ")";
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.addConfigEntry(
                    DATA_FOLDER, model.file().toAbsolutePath().getParent().toString());
            if (engine == Engine.PLUG_IN) {
                BitNetOps.register(options);
            }
            try (OrtSession session = environment.createSession(model.withOutputs(names), options)) {
                return new ModelValues(description, run(session, inputs, names));
            }
        }
    }

    private static Map<String, float[]> run(OrtSession session, ProbeInputs inputs, List<String> names)
            throws OrtException {
        Map<String, OnnxTensor> fed = inputs.of(session);
        try (OrtSession.Result result = session.run(fed, Set.copyOf(names))) {
            Map<String, float[]> values = new HashMap<>();
            for (Map.Entry<String, OnnxValue> output : result) {
                FloatBuffer buffer = ((OnnxTensor) output.getValue()).getFloatBuffer();
                float[] copy = new float[buffer.remaining()];
                buffer.get(copy);
                values.put(output.getKey(), copy);
            }
            return values;
        } finally {
            fed.values().forEach(OnnxTensor::close);
        }
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public Optional<float[]> input(ProbePoint point) {
        return Optional.ofNullable(values.get(point.x()));
    }

    @Override
    public Optional<float[]> output(ProbePoint point) {
        return Optional.ofNullable(values.get(point.y()));
    }
}
