package io.github.bitnetort.ops.vector;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** One copy of the class {@link WidthKernel} for each vector width, so that its species is a constant in each. */
final class WidthKernels {
    private static final Map<Integer, VectorSpecies<Integer>> SPECIES =
            Map.of(128, IntVector.SPECIES_128, 256, IntVector.SPECIES_256, 512, IntVector.SPECIES_512);
    private static final Map<Integer, TileKernel> KERNELS = new ConcurrentHashMap<>();

    private WidthKernels() {}

    static TileKernel ofBits(int bits) {
        VectorSpecies<Integer> species = SPECIES.get(bits);
        if (species == null) {
            throw new IllegalArgumentException("vector width: found " + bits + ", wanted 128, 256 or 512 bits");
        }
        return KERNELS.computeIfAbsent(bits, unused -> define(species));
    }

    /** The machine's own width, at most that of a tile. */
    static int preferredBits() {
        return Math.min(512, IntVector.SPECIES_PREFERRED.vectorBitSize());
    }

    private static TileKernel define(VectorSpecies<Integer> species) {
        try (InputStream code = WidthKernels.class.getResourceAsStream("WidthKernel.class")) {
            return (TileKernel) MethodHandles.lookup()
                    .defineHiddenClassWithClassData(code.readAllBytes(), species, true)
                    .lookupClass()
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Vector API kernel of " + species.vectorBitSize() + " bits", e);
        }
    }
}
