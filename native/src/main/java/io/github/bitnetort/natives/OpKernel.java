package io.github.bitnetort.natives;

import java.util.LinkedHashSet;
import java.util.Set;
import org.bytedeco.javacpp.BytePointer;

/**
 * A kernel of CustomMatMulNBits, CustomMatMulF16 or CustomGroupQueryAttention in the native library. Each takes all nodes
 * of its op, and every run of them.
 *
 * @param name unique, as in {@code avx2_nbits}
 * @param isa the instruction set, as {@code BITMATMUL_ISA} spells it
 * @param features the CPU features that it needs
 * @param missing those that this CPU lacks
 */
public record OpKernel(String name, String isa, Set<String> features, Set<String> missing) {
    /** Whether this CPU runs it. */
    public boolean available() {
        return missing.isEmpty();
    }

    static OpKernel of(BytePointer name, BytePointer isa, long featureBits) {
        Set<String> features = BitMatMulLibrary.featureNames(featureBits);
        Set<String> missing = new LinkedHashSet<>(features);
        missing.removeAll(BitMatMulLibrary.cpuFeatures());
        return new OpKernel(name.getString(), isa.getString(), features, missing);
    }
}
