package io.github.bitnetort.generate;

import io.github.bitnetort.runtime.WeightMemory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How a model is opened.
 *
 * @param threads of ONNX Runtime's pool within one run; 0 leaves the number to ONNX Runtime (one for each core)
 * @param engine what computes the CustomBitMatMul nodes
 * @param weights which memory the op library reads the weights from
 * @param configEntries further session configuration, as in {@code SessionOptions.addConfigEntry}
 * @param profile where ONNX Runtime's profiler writes to: the beginning of the file's name, to which it adds the time
 */
public record ModelOptions(
        int threads, Engine engine, WeightMemory weights, Map<String, String> configEntries, Optional<Path> profile) {

    /** ONNX Runtime starts as many threads as it is told to, also where that takes all memory. */
    public static final int MAX_THREADS = 1024;

    /**
     * What computes the nodes of our ops. Both give the same bits, but for attention, products with float16 weights and
     * weights in blocks: what the model carries sums these in no fixed order.
     */
    public enum Engine {
        /** The native op library. */
        PLUG_IN,
        /** The standard operators of the function bodies that the model carries: slower, and needs nothing native of ours. */
        PORTABLE
    }

    /** @throws IllegalArgumentException for a number of threads outside 0 to 1024, or weights in other memory without the library */
    public ModelOptions {
        if (threads < 0 || threads > MAX_THREADS) {
            throw new IllegalArgumentException(
                    "threads: found " + threads + ", wanted 0 (all cores) to " + MAX_THREADS);
        }
        if (engine == Engine.PORTABLE && weights != WeightMemory.MAPPED) {
            throw new IllegalArgumentException("weights: found " + weights + " with engine PORTABLE, wanted MAPPED");
        }
        if (configEntries.containsKey(WeightMemory.CONFIG_ENTRY)) {
            throw new IllegalArgumentException(
                    "config entry " + WeightMemory.CONFIG_ENTRY + ": found one, wanted the option weights to be used");
        }
        configEntries = Map.copyOf(configEntries);
    }

    /** The op library, weights where the file is mapped, one thread for each core. */
    public static ModelOptions defaults() {
        return new ModelOptions(0, Engine.PLUG_IN, WeightMemory.MAPPED, Map.of(), Optional.empty());
    }

    /** The same with so many threads; 0: one for each core. */
    public ModelOptions withThreads(int count) {
        return new ModelOptions(count, engine, weights, configEntries, profile);
    }

    /** The same with another engine. */
    public ModelOptions withEngine(Engine which) {
        return new ModelOptions(threads, which, weights, configEntries, profile);
    }

    /** The same with weights in other memory. */
    public ModelOptions withWeights(WeightMemory memory) {
        return new ModelOptions(threads, engine, memory, configEntries, profile);
    }

    /** The same with one more session configuration entry of ONNX Runtime's, or another value of it. */
    public ModelOptions withConfigEntry(String key, String value) {
        Map<String, String> entries = new LinkedHashMap<>(configEntries);
        entries.put(key, value);
        return new ModelOptions(threads, engine, weights, entries, profile);
    }

    /** Profiles the session; {@link BitNetModel#endProfiling()} gives the file. */
    public ModelOptions withProfile(Path prefix) {
        return new ModelOptions(threads, engine, weights, configEntries, Optional.of(prefix));
    }
}
