package io.github.bitnetort.cli;

import io.github.bitnetort.ops.Packing;
import java.util.Arrays;

/** The packings that hold a model's ternary weights, by their ONNX names. */
final class PackingName extends ByName<Packing> {
    PackingName() {
        super(Arrays.stream(Packing.values()).filter(Packing::isTernary).toList(), Packing::onnxName);
    }
}
