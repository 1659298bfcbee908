package io.github.bitnetort.natives;

import java.nio.file.Path;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** {@code ort_abi_probe.cpp}: what our header says of ONNX Runtime's ABI, and an OrtApi that records which slot is called. */
final class OrtAbiProbe {
    static {
        Path directory = Path.of(System.getProperty("cmake.build"), "test");
        System.load(directory.resolve(System.mapLibraryName("ort_abi_probe")).toString());
    }

    private OrtAbiProbe() {}

    static native long recorders();

    static native int lastSlot();

    static native long slotName(int index);

    static native long slotNumber(int index);

    static native long memberName(int index);

    static native long memberOffset(int index);

    static native long customOpSize();

    static String text(long address) {
        return new BytePointer(pointer(address)).getString();
    }

    static Pointer pointer(long value) {
        return new Pointer() {
            {
                address = value;
            }
        };
    }
}
