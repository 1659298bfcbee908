package io.github.bitnetort.cli;

import io.github.bitnetort.ops.Packing;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The packings that hold a model's ternary weights, by their ONNX names. */
final class PackingName implements ITypeConverter<Packing> {
    @Override
    public Packing convert(String name) {
        for (Packing packing : Packing.values()) {
            if (packing.isTernary() && packing.onnxName().equals(name)) {
                return packing;
            }
        }
        throw new TypeConversionException("found '" + name + "', wanted ternary16 or ternary20");
    }
}
