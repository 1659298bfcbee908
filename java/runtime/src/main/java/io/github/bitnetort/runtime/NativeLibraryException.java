package io.github.bitnetort.runtime;

import org.bytedeco.javacpp.Loader;

/** The op library cannot be used on this machine; the cause says why. */
public final class NativeLibraryException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    NativeLibraryException(Throwable cause) {
        super(message(cause), cause);
    }

    private static String message(Throwable cause) {
        String platform = Loader.getPlatform();
        String reason = cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage();
        return "CustomBitMatMul's library is not available (" + reason + "): put the jar bitnet-native with classifier "
                + platform + " on the class path, or run the model without the plug-in.";
    }
}
