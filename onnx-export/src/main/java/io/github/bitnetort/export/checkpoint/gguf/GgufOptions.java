package io.github.bitnetort.export.checkpoint.gguf;

/**
 * What a GGUF file does not say of itself, or says wrongly.
 *
 * @param i2sLayout how its I2_S tensors are packed
 * @param preTokenizer the name of the tokenizer's pre-tokenizer, in place of {@code tokenizer.ggml.pre}; null: the file's
 */
public record GgufOptions(I2sLayout i2sLayout, String preTokenizer) {
    /** The layout of the published files, and what the file says. */
    public static final GgufOptions DEFAULT = new GgufOptions(I2sLayout.X86, null);

    /** The same with I2_S tensors packed otherwise. */
    public GgufOptions withI2sLayout(I2sLayout other) {
        return new GgufOptions(other, preTokenizer);
    }

    /** The same with this pre-tokenizer; null: the file's. */
    public GgufOptions withPreTokenizer(String other) {
        return new GgufOptions(i2sLayout, other);
    }
}
