package io.github.bitnetort.export;

import io.github.bitnetort.ops.Packing;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What an export wrote.
 *
 * @param model the model file
 * @param modelBytes its size
 * @param dataBytes the size of the external data beside it
 * @param packing of its quantized layers; not the option's where the weights leave no choice
 * @param attention what attention became; empty where it is standard operators, which the option or the width of heads
 *     leads to
 * @param copied names of the checkpoint's files that were copied along
 * @param unused tensors of the checkpoint that the model has no use for, in alphabetical order
 * @param recovered whether an export that was killed had left something in the output's place, which is gone
 */
public record ExportResult(
        Path model,
        long modelBytes,
        long dataBytes,
        Packing packing,
        Optional<AttentionOperator> attention,
        List<String> copied,
        List<String> unused,
        boolean recovered) {
    /** Copies the lists. */
    public ExportResult {
        copied = List.copyOf(copied);
        unused = List.copyOf(unused);
    }
}
