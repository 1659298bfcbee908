package io.github.bitnetort.generate;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a model is opened.
 *
 * @param threads of ONNX Runtime's pool within one run; 0 leaves the number to ONNX Runtime (one for each core)
 * @param engine what computes the CustomBitMatMul nodes
 * @param configEntries further session configuration, as in {@code SessionOptions.addConfigEntry}
 */
public record ModelOptions(int threads, Engine engine, Map<String, String> configEntries) {

    /** What computes the CustomBitMatMul nodes. Both give the same bits. */
    public enum Engine {
        /** The native op library. */
        PLUG_IN,
        /** The standard operators of the function body that the model carries: slower, and needs nothing native of ours. */
        PORTABLE
    }

    public ModelOptions {
        if (threads < 0) {
            throw new IllegalArgumentException("threads: found " + threads + ", wanted 0 (all cores) or more");
        }
        configEntries = Map.copyOf(configEntries);
    }

    /** The op library, one thread for each core. */
    public static ModelOptions defaults() {
        return new ModelOptions(0, Engine.PLUG_IN, Map.of());
    }

    public ModelOptions withThreads(int count) {
        return new ModelOptions(count, engine, configEntries);
    }

    public ModelOptions withEngine(Engine which) {
        return new ModelOptions(threads, which, configEntries);
    }

    public ModelOptions withConfigEntry(String key, String value) {
        Map<String, String> entries = new LinkedHashMap<>(configEntries);
        entries.put(key, value);
        return new ModelOptions(threads, engine, entries);
    }
}
