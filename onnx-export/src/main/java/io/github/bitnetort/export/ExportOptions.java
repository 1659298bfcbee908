package io.github.bitnetort.export;

import io.github.bitnetort.export.checkpoint.gguf.GgufOptions;
import io.github.bitnetort.ops.Packing;

/**
 * How to export.
 *
 * @param packing of ternary weights: {@code TERNARY16} (fastest) or {@code TERNARY20} (a fifth smaller)
 * @param operators what the rest of the graph is made of
 * @param functionBody whether the op is also written in standard operators, so that the model runs without the library
 * @param overwrite whether an earlier export in the output folder is replaced
 * @param gguf what a GGUF file does not say of itself
 */
public record ExportOptions(
        Packing packing, Operators operators, boolean functionBody, boolean overwrite, GgufOptions gguf) {
    /** {@code TERNARY16} and {@code ORT}, with the body, never over anything. */
    public static final ExportOptions DEFAULT =
            new ExportOptions(Packing.TERNARY16, Operators.ORT, true, false, GgufOptions.DEFAULT);

    /** @throws IllegalArgumentException for a packing that cannot hold ternary weights */
    public ExportOptions {
        if (!packing.isTernary()) {
            throw new IllegalArgumentException(
                    "packing: found " + packing.onnxName() + ", wanted ternary16 or ternary20");
        }
    }

    public ExportOptions withPacking(Packing other) {
        return new ExportOptions(other, operators, functionBody, overwrite, gguf);
    }

    public ExportOptions withOperators(Operators other) {
        return new ExportOptions(packing, other, functionBody, overwrite, gguf);
    }

    public ExportOptions withFunctionBody(boolean other) {
        return new ExportOptions(packing, operators, other, overwrite, gguf);
    }

    public ExportOptions withOverwrite(boolean other) {
        return new ExportOptions(packing, operators, functionBody, other, gguf);
    }

    public ExportOptions withGguf(GgufOptions other) {
        return new ExportOptions(packing, operators, functionBody, overwrite, other);
    }
}
