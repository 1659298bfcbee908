package io.github.bitnetort.natives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;

/** Loads both libraries once, all or nothing, and keeps the one cause where that fails. */
final class NativeLoader {
    private static final Path LIBRARY;
    private static final Throwable FAILURE;

    static {
        Path library = null;
        Throwable failure = null;
        try {
            library = load();
        } catch (Exception | LinkageError e) {
            failure = e;
        }
        LIBRARY = library;
        FAILURE = failure;
    }

    private NativeLoader() {}

    static Optional<Throwable> failure() {
        return Optional.ofNullable(FAILURE);
    }

    /** @throws UnsatisfiedLinkError with the stored cause where loading failed */
    static Path library() {
        if (FAILURE != null) {
            UnsatisfiedLinkError error =
                    new UnsatisfiedLinkError("the native library of bitnet-ort is not available: " + FAILURE);
            error.initCause(FAILURE);
            throw error;
        }
        return LIBRARY;
    }

    // JavaCPP extracts (or, out of a directory, finds) both libraries side by side and loads libbitmatmul before the
    // JNI one that links to it. Nothing ever unloads them: ONNX Runtime, which unloads op libraries with the session
    // options, then only drops its own reference.
    private static Path load() throws IOException {
        String name = System.mapLibraryName("bitmatmul");
        ExtractedFile.dropIfStale(name);
        ExtractedFile.dropIfStale(System.mapLibraryName("jniBitMatMulC"));
        String jni = Loader.load(BitMatMulC.class);
        Path library = Path.of(jni).resolveSibling(name);
        if (!Files.isRegularFile(library)) {
            throw new UnsatisfiedLinkError("found no " + library + " beside " + jni);
        }
        return library.toAbsolutePath();
    }
}
