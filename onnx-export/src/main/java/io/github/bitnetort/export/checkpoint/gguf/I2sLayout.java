package io.github.bitnetort.export.checkpoint.gguf;

/** How bitnet.cpp wrote I2_S tensors: it depends on the machine that made the file, and nothing in the file tells. */
public enum I2sLayout {
    /** Blocks of 128 weights: the published files. */
    X86,
    /** Blocks of 64 weights. */
    ARM
}
