package io.github.bitnetort.natives;

import java.util.List;
import java.util.Set;

/**
 * A kernel of the native library.
 *
 * @param name unique, as in {@code avx2_any}
 * @param isa the instruction set, as {@code BITMATMUL_ISA} spells it
 * @param packings the packings that it reads
 * @param activations the activations that it takes
 * @param blockScales whether it takes a block size &gt; 0
 * @param minM preferred from this many rows of X on
 * @param features the CPU features that it needs
 * @param available whether this CPU has them
 * @param missing the names of those that it lacks; empty where available
 */
public record NativeKernel(
        String name,
        String isa,
        List<String> packings,
        List<String> activations,
        boolean blockScales,
        long minM,
        Set<String> features,
        boolean available,
        String missing) {}
