package io.github.bitnetort.cli;

import ai.onnxruntime.OrtException;
import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.GenerationOptions;
import io.github.bitnetort.generate.ModelOptions;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What commands that write text with a model are told of it: where it is, how it is run, how tokens are chosen. */
final class TextModel {
    @Parameters(paramLabel = "DIR", description = "An exported model's folder.")
    private Path folder;

    @Mixin
    private GenerationArguments generation;

    @Mixin
    private ModelArguments model;

    Path folder() {
        return folder;
    }

    /** @throws IllegalArgumentException for options that do not go together */
    GenerationOptions generation() {
        return generation.options();
    }

    /** The model, which the caller closes. */
    BitNetModel open() throws OrtException, IOException {
        ModelOptions options = model.options();
        Ort.environment();
        return BitNetModel.open(folder, options);
    }
}
