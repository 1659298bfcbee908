package io.github.bitnetort.export;

import io.github.bitnetort.export.checkpoint.gguf.GgufOptions;
import io.github.bitnetort.ops.Packing;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How to export.
 *
 * @param packing of ternary weights: {@code TERNARY16} or {@code TERNARY20} (a fifth smaller); weights in
 *     blocks are always {@code TERNARY16}, binary ones {@code BINARY32}
 * @param operators what the rest of the graph is made of
 * @param attention what attention becomes, unless operators are {@code STANDARD} or heads of a width that it does not take
 * @param embedding how the embedding table and a head that is not ternary are stored
 * @param functionBody whether our ops are also written in standard operators, so that the model runs without the library
 * @param overwrite whether an earlier export in the output folder is replaced
 * @param gguf what a GGUF file does not say of itself
 * @param genai the op library's file for an onnxruntime-genai folder; empty for a folder without
 * @param threads that make the weights, 0: one for each processor; the bytes do not depend on it
 */
public record ExportOptions(
        Packing packing,
        Operators operators,
        AttentionOperator attention,
        EmbeddingType embedding,
        boolean functionBody,
        boolean overwrite,
        GgufOptions gguf,
        Optional<Path> genai,
        int threads) {
    /** {@code TERNARY16}, {@code ORT}, {@code CUSTOM} and {@code INT8}, with the body, never over anything, on all processors. */
    public static final ExportOptions DEFAULT = new ExportOptions(
            Packing.TERNARY16,
            Operators.ORT,
            AttentionOperator.CUSTOM,
            EmbeddingType.INT8,
            true,
            false,
            GgufOptions.DEFAULT,
            Optional.empty(),
            0);

    /** @throws IllegalArgumentException for a packing that cannot hold ternary weights, or a negative number of threads */
    public ExportOptions {
        if (!packing.isTernary()) {
            throw new IllegalArgumentException(
                    "packing: found " + packing.onnxName() + ", wanted ternary16 or ternary20");
        }
        if (threads < 0) {
            throw new IllegalArgumentException("threads: found " + threads + ", wanted 0 or more");
        }
    }

    /** @throws IllegalArgumentException for a packing that cannot hold ternary weights */
    public ExportOptions withPacking(Packing other) {
        return new ExportOptions(other, operators, attention, embedding, functionBody, overwrite, gguf, genai, threads);
    }

    /** The same with the rest of the graph made of other operators. */
    public ExportOptions withOperators(Operators other) {
        return new ExportOptions(packing, other, attention, embedding, functionBody, overwrite, gguf, genai, threads);
    }

    /** The same with another operator of attention. */
    public ExportOptions withAttention(AttentionOperator other) {
        return new ExportOptions(packing, operators, other, embedding, functionBody, overwrite, gguf, genai, threads);
    }

    /** The same with embedding and head stored otherwise. */
    public ExportOptions withEmbedding(EmbeddingType other) {
        return new ExportOptions(packing, operators, attention, other, functionBody, overwrite, gguf, genai, threads);
    }

    /** The same with or without our ops in standard operators. */
    public ExportOptions withFunctionBody(boolean other) {
        return new ExportOptions(packing, operators, attention, embedding, other, overwrite, gguf, genai, threads);
    }

    /** The same with an earlier export replaced, or refused. */
    public ExportOptions withOverwrite(boolean other) {
        return new ExportOptions(packing, operators, attention, embedding, functionBody, other, gguf, genai, threads);
    }

    /** The same with other words on what a GGUF file does not say of itself. */
    public ExportOptions withGguf(GgufOptions other) {
        return new ExportOptions(
                packing, operators, attention, embedding, functionBody, overwrite, other, genai, threads);
    }

    /**
     * Makes the folder one that onnxruntime-genai reads, with {@code genai_config.json} and a copy of the op library.
     *
     * @param library the op library's file, of the system that will run the model
     */
    public ExportOptions withGenai(Path library) {
        return new ExportOptions(
                packing, operators, attention, embedding, functionBody, overwrite, gguf, Optional.of(library), threads);
    }

    /** The same with so many threads; 0: one for each processor. */
    public ExportOptions withThreads(int other) {
        return new ExportOptions(packing, operators, attention, embedding, functionBody, overwrite, gguf, genai, other);
    }
}
