package io.github.bitnetort.export.model;

import java.util.function.UnaryOperator;

/** What attention and MLP add to in turns, and norms read; each sum is made by the norm that follows it. */
final class ResidualStream {
    private final NormNodes norms;
    private final int width;
    private final float eps;
    private String value;
    private String added;
    private String sum;

    /** @param embedding the tokens' rows, [batch, seq, width] */
    ResidualStream(NormNodes norms, String embedding, int width, float eps) {
        this.norms = norms;
        this.value = embedding;
        this.width = width;
        this.eps = eps;
    }

    /** Adds an output to the stream, which is then named {@code name}; a norm must have been taken since the last. */
    void add(String name, String output) {
        added = output;
        sum = name;
    }

    /** Goes on with a part of the stream; a norm must have been taken since the last output was added. */
    void keep(UnaryOperator<String> part) {
        value = part.apply(value);
    }

    /** The stream through the norm of that module. */
    String normed(String module) {
        if (added == null) {
            return norms.add(module, value, width, eps);
        }
        String normed = norms.addOfSum(sum, module, value, added, width, eps);
        value = sum;
        added = null;
        return normed;
    }
}
