package io.github.bitnetort.ops;

/** Chooses an implementation for this JVM. */
public final class BitMatMuls {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final String VECTOR_CLASS = "io.github.bitnetort.ops.vector.VectorBitMatMul";

    private BitMatMuls() {}

    /**
     * An implementation and why it was chosen.
     *
     * @param reason one sentence
     */
    public record Choice(BitMatMul implementation, String reason) {}

    /** The fastest implementation that this JVM runs well; never fails, whatever modules are there. */
    public static Choice choose() {
        return choose(ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent(), System.getProperty("java.vm.info", ""));
    }

    static Choice choose(boolean vectorModule, String vmInfo) {
        if (!vectorModule) {
            return scalar("Vector API off: start the JVM with --add-modules " + VECTOR_MODULE);
        }
        if (vmInfo.contains("interpreted mode")) {
            return scalar("Vector API slow without a JIT: start the JVM without -Xint");
        }
        if (vmInfo.contains("emulated-client")) {
            return scalar("Vector API slow without the C2 compiler: start the JVM without -XX:TieredStopAtLevel");
        }
        try {
            // By name: this class must link where the incubator module is absent.
            Class<?> vector = Class.forName(VECTOR_CLASS);
            int bits = (int) vector.getMethod("preferredBits").invoke(null);
            if (bits < 128) {
                return scalar("Vector API off: this CPU's vectors have " + bits + " bits, wanted at least 128");
            }
            BitMatMul chosen = (BitMatMul) vector.getConstructor(int.class).newInstance(bits);
            return new Choice(chosen, "Vector API on: this CPU prefers vectors of " + bits + " bits");
        } catch (ReflectiveOperationException | LinkageError e) {
            return scalar(
                    "Vector API off: this JVM's " + VECTOR_MODULE + " does not fit (" + e + "); use JDK 17 or later");
        }
    }

    private static Choice scalar(String reason) {
        return new Choice(new ScalarBitMatMul(), reason);
    }
}
