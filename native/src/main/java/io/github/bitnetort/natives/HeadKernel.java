package io.github.bitnetort.natives;

import java.util.LinkedHashSet;
import java.util.Set;
import org.bytedeco.javacpp.BytePointer;

/**
 * A kernel of CustomMatMulNBits or of CustomMatMulF16, the ops for heads, or of CustomGroupQueryAttention in the native
 * library. Each takes all nodes of its op, and every M.
 *
 * @param name unique, as in {@code avx2_nbits}
 * @param isa the instruction set, as {@code BITMATMUL_ISA} spells it
 * @param features the CPU features that it needs
 * @param missing those that this CPU lacks
 */
public record HeadKernel(String name, String isa, Set<String> features, Set<String> missing) {
    /** Whether this CPU runs it. */
    public boolean available() {
        return missing.isEmpty();
    }

    static HeadKernel of(BytePointer name, BytePointer isa, long featureBits) {
        Set<String> features = BitMatMulLibrary.featureNames(featureBits);
        Set<String> missing = new LinkedHashSet<>(features);
        missing.removeAll(BitMatMulLibrary.cpuFeatures());
        return new HeadKernel(name.getString(), isa.getString(), features, missing);
    }
}
