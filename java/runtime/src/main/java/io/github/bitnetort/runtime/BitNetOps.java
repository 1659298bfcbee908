package io.github.bitnetort.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.natives.BitMatMulLibrary;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.WeakHashMap;

/**
 * Registers CustomBitMatMul (domain {@code ai.bitnet}) with ONNX Runtime.
 *
 * <pre>{@code
 * try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
 *     BitNetOps.register(options);
 *     session = environment.createSession("model.onnx", options);
 * }
 * }</pre>
 *
 * <p>The library is unpacked and loaded once for the process, by JavaCPP, and never unloaded. ONNX Runtime's
 * {@code SessionOptions.close()} unloads every library that was registered on it, even while sessions still run its code;
 * since JavaCPP's handle stays, that only drops a reference count. So options and sessions may be closed in any order,
 * and any number of times. Thread-safe.
 */
public final class BitNetOps {
    /**
     * What each was registered with; null: no word about memory. Weak, so that options can be collected; by identity,
     * for {@code SessionOptions} defines no {@code equals}.
     */
    private static final Map<OrtSession.SessionOptions, WeightMemory> REGISTERED = new WeakHashMap<>();

    private BitNetOps() {}

    /**
     * Makes CustomBitMatMul known to the sessions that these options create. On options that have it already nothing
     * happens.
     *
     * @throws NativeLibraryException when the library cannot be used on this machine
     * @throws OrtException when ONNX Runtime refuses the library, for one when it is too old
     */
    public static void register(OrtSession.SessionOptions options) throws OrtException {
        registerWith(options, null);
    }

    /**
     * As {@link #register(OrtSession.SessionOptions)}, and says which memory the sessions' weights are in.
     *
     * @throws NativeLibraryException when the library cannot be used on this machine
     * @throws OrtException when ONNX Runtime refuses the library, for one when it is too old. Where the memory cannot be
     *     had, it is the session's creation that fails.
     * @throws IllegalStateException when the options have been registered already, with other memory or without a word
     *     about it: ONNX Runtime before 1.24 would not tell the op of the change
     */
    public static void register(OrtSession.SessionOptions options, WeightMemory weights) throws OrtException {
        registerWith(options, Objects.requireNonNull(weights, "weights"));
    }

    private static void registerWith(OrtSession.SessionOptions options, WeightMemory weights) throws OrtException {
        String library = getLibraryPath().toString();
        synchronized (REGISTERED) {
            if (REGISTERED.containsKey(options)) {
                requireUnchanged(REGISTERED.get(options), weights);
                return;
            }
            if (weights != null) {
                options.addConfigEntry(WeightMemory.CONFIG_ENTRY, weights.configValue());
            }
            // ONNX Runtime itself answers a second registration of a domain with an error.
            options.registerCustomOpLibrary(library);
            REGISTERED.put(options, weights);
        }
    }

    private static void requireUnchanged(WeightMemory registered, WeightMemory weights) {
        if (weights != null && weights != registered) {
            throw new IllegalStateException("weights: found options registered with " + registered + ", wanted "
                    + weights + " with the first registration");
        }
    }

    /**
     * The op library's file, for programs in other languages: Python's {@code register_custom_ops_library}, C's
     * {@code RegisterCustomOpsLibrary_V2}.
     *
     * @throws NativeLibraryException when the library cannot be used on this machine
     */
    public static Path getLibraryPath() {
        requireAvailable(BitMatMulLibrary.unavailableReason());
        return BitMatMulLibrary.path();
    }

    static void requireAvailable(Optional<Throwable> unavailableReason) {
        unavailableReason.ifPresent(cause -> {
            throw new NativeLibraryException(cause);
        });
    }
}
