package io.github.bitnetort.cli;

import io.github.bitnetort.ops.Packing;
import java.util.Arrays;

/** The packings that hold a model's ternary weights, by their ONNX names. */
final class PackingName extends ByName<Packing> {
    /** What to choose from, for descriptions. */
    static final String CHOICE =
            "ternary16 (2 bits a weight, fast everywhere) or ternary20 (1.6 bits, faster with AVX-512)";

    PackingName() {
        super(Arrays.stream(Packing.values()).filter(Packing::isTernary).toList(), Packing::onnxName);
    }
}
