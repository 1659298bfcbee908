package io.github.bitnetort.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.natives.BitMatMulLibrary;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
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
    /** Weak, so that options can be collected; by identity, for {@code SessionOptions} defines no {@code equals}. */
    private static final Set<OrtSession.SessionOptions> REGISTERED = Collections.newSetFromMap(new WeakHashMap<>());

    private BitNetOps() {}

    /**
     * Makes CustomBitMatMul known to the sessions that these options create. On options that have it already nothing
     * happens.
     *
     * @throws NativeLibraryException when the library cannot be used on this machine
     * @throws OrtException when ONNX Runtime refuses the library, for one when it is too old
     */
    public static void register(OrtSession.SessionOptions options) throws OrtException {
        String library = getLibraryPath().toString();
        synchronized (REGISTERED) {
            if (REGISTERED.contains(options)) {
                return;
            }
            // ONNX Runtime itself answers a second registration of a domain with an error.
            options.registerCustomOpLibrary(library);
            REGISTERED.add(options);
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
