package io.github.bitnetort.natives;

import java.util.Set;

/**
 * A kernel of CustomMatMulNBits in the native library. Each takes all bits, block sizes and M.
 *
 * @param name unique, as in {@code avx2_nbits}
 * @param isa the instruction set, as {@code BITMATMUL_ISA} spells it
 * @param features the CPU features that it needs
 * @param missing those that this CPU lacks
 */
public record NBitsKernel(String name, String isa, Set<String> features, Set<String> missing) {
    /** Whether this CPU runs it. */
    public boolean available() {
        return missing.isEmpty();
    }
}
