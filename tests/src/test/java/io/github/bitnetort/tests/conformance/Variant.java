package io.github.bitnetort.tests.conformance;

import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.Packing;
import java.util.ArrayList;
import java.util.List;

/** What a kernel is written for: the attributes without the shape. */
record Variant(Packing packing, Activation activation, int blockSize) {
    /** All that the contract allows. */
    static List<Variant> all() {
        List<Variant> variants = new ArrayList<>();
        for (Packing packing : Packing.values()) {
            for (Activation activation : Activation.values()) {
                for (int blockSize : BitMatMulSpec.BLOCK_SIZES) {
                    boolean blocksAllowed = packing != Packing.TERNARY20 && activation == Activation.INT8;
                    if (blockSize == 0 || blocksAllowed) {
                        variants.add(new Variant(packing, activation, blockSize));
                    }
                }
            }
        }
        return variants;
    }

    static Variant of(BitMatMulSpec spec) {
        return new Variant(spec.packing(), spec.activation(), spec.blockSize());
    }

    BitMatMulSpec spec(int n, int k) {
        return new BitMatMulSpec(n, k, packing, activation, blockSize);
    }

    @Override
    public String toString() {
        return packing.onnxName() + " " + activation.onnxName() + (blockSize > 0 ? " block_size " + blockSize : "");
    }
}
