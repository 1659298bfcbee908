package io.github.bitnetort.export;

import java.nio.file.Path;
import java.util.List;

/**
 * What an export wrote.
 *
 * @param model the model file
 * @param modelBytes its size
 * @param dataBytes the size of the external data beside it
 * @param copied names of the checkpoint's files that were copied along
 * @param unused tensors of the checkpoint that the model has no use for, in alphabetical order
 */
public record ExportResult(Path model, long modelBytes, long dataBytes, List<String> copied, List<String> unused) {
    public ExportResult {
        copied = List.copyOf(copied);
        unused = List.copyOf(unused);
    }
}
