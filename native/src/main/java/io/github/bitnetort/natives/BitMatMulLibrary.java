package io.github.bitnetort.natives;

import io.github.bitnetort.natives.BitMatMulC.KernelInfo;
import io.github.bitnetort.natives.BitMatMulC.Problem;
import io.github.bitnetort.natives.BitMatMulC.Spec;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/**
 * The native op library {@code libbitmatmul}: loaded at the first use of this class, never unloaded.
 *
 * <p>Methods other than {@link #isAvailable()} and {@link #unavailableReason()} throw {@link UnsatisfiedLinkError},
 * with the stored cause, where the library is not available. The environment variable {@code BITMATMUL_ISA}, a
 * comma-separated list of instruction sets in order of preference, replaces the free choice of kernels: a name that is
 * unknown or that this CPU cannot run is an error, and so is a problem that none of the listed sets has a kernel for.
 * {@code isas} arguments take the same lists; null leaves it to the variable, and then to the free choice.
 */
public final class BitMatMulLibrary {
    private BitMatMulLibrary() {}

    /** Whether the library was found, suits this platform and is loaded. */
    public static boolean isAvailable() {
        return unavailableReason().isEmpty();
    }

    /** Why the library is not available; empty where it is. Always the same answer. */
    public static Optional<Throwable> unavailableReason() {
        return NativeLoader.failure();
    }

    /** The file of {@code libbitmatmul}, to be registered as a library of custom ops. */
    public static Path path() {
        return NativeLoader.library();
    }

    /** The library's version. */
    public static String version() {
        NativeLoader.library();
        return BitMatMulC.bitmatmul_version().getString();
    }

    /** The features of this CPU that the operating system allows, as in {@code avx512_vnni}. */
    public static Set<String> cpuFeatures() {
        NativeLoader.library();
        return featureNames(BitMatMulC.bitmatmul_cpu_features());
    }

    /** All kernels, most preferred first. */
    public static List<NativeKernel> kernels() {
        NativeLoader.library();
        List<NativeKernel> kernels = new ArrayList<>();
        for (int i = 0; i < BitMatMulC.bitmatmul_kernel_count(); i++) {
            kernels.add(kernel(i));
        }
        return List.copyOf(kernels);
    }

    /**
     * The kernel that a product gets on this CPU.
     *
     * @param m rows of X
     * @param isas a list of instruction sets, or null
     * @throws IllegalArgumentException for a wrong spec, and for instruction sets that are unknown, not on this CPU or
     *     without a kernel for it
     */
    public static NativeKernel chosenKernel(MatMulSpec spec, long m, String isas) {
        NativeLoader.library();
        return chosenKernel(spec, m, isas, BitMatMulC.bitmatmul_cpu_features());
    }

    /**
     * The kernel that a product would get on a CPU with these features: the same pure choice.
     *
     * @throws IllegalArgumentException as above, and for an unknown feature
     */
    public static NativeKernel chosenKernel(MatMulSpec spec, long m, String isas, Set<String> features) {
        NativeLoader.library();
        return chosenKernel(spec, m, isas, featureBits(features));
    }

    /**
     * Y = BitLinear(X), on the calling thread.
     *
     * @param isas a list of instruction sets, or null
     * @param x direct, [m, K] from its position to its limit
     * @param y direct, [m, N] from its position to its limit; untouched on failure
     * @throws IllegalArgumentException for whatever breaks the contract: a wrong attribute, length or packed weight, an
     *     instruction set as in {@link #chosenKernel}
     */
    public static void matMul(MatMulSpec spec, MatMulInputs inputs, String isas, FloatBuffer x, long m, FloatBuffer y) {
        NativeLoader.library();
        try (Problem problem = new Problem();
                BytePointer list = isas == null ? null : new BytePointer(isas)) {
            fill(problem, spec, inputs);
            FloatCall call = (px, xCount, rows, py, yCount, message, size) ->
                    BitMatMulC.bitmatmul_matmul(problem, list, px, xCount, rows, py, yCount, message, size);
            call.run(x, m, y, inputs);
        }
    }

    private static void fill(Problem problem, MatMulSpec spec, MatMulInputs inputs) {
        fill(problem.spec(), spec);
        problem.weights(new IntPointer(inputs.weights()))
                .weight_count(inputs.weights().remaining());
        problem.scale(new FloatPointer(inputs.scale()))
                .scale_count(inputs.scale().remaining());
        FloatBuffer bias = inputs.bias();
        problem.bias(bias == null ? null : new FloatPointer(bias)).bias_count(bias == null ? 0 : bias.remaining());
    }

    private static void fill(Spec out, MatMulSpec spec) {
        out.n(spec.n()).k(spec.k()).block_size(spec.blockSize());
        out.packing(number("packing", spec.packing(), BitMatMulC.bitmatmul_packing_from_name(spec.packing())));
        out.activation(
                number("activation", spec.activation(), BitMatMulC.bitmatmul_activation_from_name(spec.activation())));
    }

    private static int number(String attribute, String name, int number) {
        if (number < 0) {
            throw new IllegalArgumentException("attribute " + attribute + ": found unknown name '" + name + "'");
        }
        return number;
    }

    private static NativeKernel chosenKernel(MatMulSpec spec, long m, String isas, long features) {
        try (Spec checked = new Spec();
                Message message = new Message();
                BytePointer isaList = isas == null ? null : new BytePointer(isas)) {
            fill(checked, spec);
            BytePointer list = isas == null ? BitMatMulC.bitmatmul_isa_override() : isaList;
            int index =
                    BitMatMulC.bitmatmul_choose_kernel(checked, m, features, list, message.pointer(), message.size());
            if (index < 0) {
                throw new IllegalArgumentException(message.text());
            }
            return kernel(index);
        }
    }

    private static NativeKernel kernel(int index) {
        try (KernelInfo info = new KernelInfo();
                Message missing = new Message()) {
            BitMatMulC.bitmatmul_kernel_get(index, info);
            long features = BitMatMulC.bitmatmul_cpu_features();
            boolean available =
                    BitMatMulC.bitmatmul_kernel_runs_on(index, features, missing.pointer(), missing.size()) != 0;
            return new NativeKernel(
                    info.name().getString(),
                    info.isa().getString(),
                    names(info.packings(), BitMatMulC::bitmatmul_packing_name),
                    names(info.activations(), BitMatMulC::bitmatmul_activation_name),
                    info.block_scales() != 0,
                    info.min_m(),
                    featureNames(info.features()),
                    available,
                    missing.text());
        }
    }

    private static List<String> names(int bits, IntFunction<BytePointer> name) {
        List<String> names = new ArrayList<>();
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            if ((bits >>> bit & 1) != 0) {
                names.add(name.apply(bit).getString());
            }
        }
        return List.copyOf(names);
    }

    static Set<String> featureNames(long bits) {
        Set<String> names = new LinkedHashSet<>();
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            names.add(BitMatMulC.bitmatmul_feature_name(Long.lowestOneBit(rest)).getString());
        }
        return names;
    }

    private static long featureBits(Set<String> names) {
        long bits = 0;
        Set<String> unknown = new LinkedHashSet<>(names);
        for (int bit = 0; bit < Long.SIZE; bit++) {
            BytePointer name = BitMatMulC.bitmatmul_feature_name(1L << bit);
            if (name != null && unknown.remove(name.getString())) {
                bits |= 1L << bit;
            }
        }
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("features: found unknown names " + unknown);
        }
        return bits;
    }
}
