package io.github.bitnetort.export.checkpoint;

import io.github.bitnetort.export.ExportException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * How the linear layers are stored.
 *
 * @param skipped patterns of modules that stay floating point (config.json's {@code modules_to_not_convert}); null: the
 *     output head only
 * @param useRmsNorm whether each quantized layer normalizes its own input first
 * @param rmsNormEps of those norms
 * @param blockSize 0, or how many columns share a scale, of the weights and of the activations
 * @param binary whether no weight of a quantized layer is 0
 */
public record QuantizationConfig(
        Scheme scheme, List<String> skipped, boolean useRmsNorm, float rmsNormEps, int blockSize, boolean binary) {
    /** linear_class and quantization_mode together. */
    public enum Scheme {
        /** Packed weights; the stored scale divides, the bias is added after it. */
        BITLINEAR("bitlinear", "offline"),
        /** Packed weights; the stored scale multiplies the product and the bias. */
        AUTO_OFFLINE("autobitlinear", "offline"),
        /** Floating point weights, to be quantized by their mean magnitude. */
        AUTO_ONLINE("autobitlinear", "online"),
        /** The weights' tensors say it themselves ({@link Checkpoint#quantized}); floating point ones as online. */
        GGUF("gguf", "online");

        private final String linearClass;
        private final String mode;

        Scheme(String linearClass, String mode) {
            this.linearClass = linearClass;
            this.mode = mode;
        }

        /** Such as "bitnet autobitlinear offline". */
        public String describe() {
            return "bitnet " + linearClass + " " + mode;
        }

        /** Whether the file holds packed weights. */
        public boolean isPacked() {
            return this == BITLINEAR || this == AUTO_OFFLINE;
        }
    }

    /** The name of the output head's module, which is spared by default. */
    private static final List<String> SPARED_BY_DEFAULT = List.of("lm_head");

    static QuantizationConfig read(JsonFields config) {
        JsonFields fields = config.object("quantization_config");
        if (fields == null) {
            throw config.bad("quantization_config", null, "an object with quant_method \"bitnet\"");
        }
        String method = fields.text("quant_method", null);
        if (!"bitnet".equals(method)) {
            throw fields.bad("quant_method", method, "bitnet");
        }
        List<String> skipped = fields.texts("modules_to_not_convert");
        if (skipped != null) {
            skipped.forEach(pattern -> checkPattern(fields, pattern));
        }
        return new QuantizationConfig(
                scheme(fields),
                skipped,
                fields.flag("use_rms_norm", false),
                (float) fields.positiveNumber("rms_norm_eps", 1e-6),
                0,
                false);
    }

    /**
     * Whether a module is quantized, by transformers' rule: a pattern spares a module whose full name begins with a
     * match of it, or ends with it literally.
     */
    public boolean converts(String module) {
        List<String> patterns = skipped == null ? SPARED_BY_DEFAULT : skipped;
        return patterns.stream()
                .noneMatch(pattern -> module.endsWith(pattern)
                        || Pattern.compile(pattern).matcher(module).lookingAt());
    }

    private static Scheme scheme(JsonFields fields) {
        String linearClass = fields.text("linear_class", "bitlinear");
        String mode = fields.text("quantization_mode", "offline");
        if (!mode.equals("offline") && !mode.equals("online")) {
            throw fields.bad("quantization_mode", mode, "offline or online");
        }
        return switch (linearClass) {
            // The mode means nothing to this class.
            case "bitlinear" -> Scheme.BITLINEAR;
            case "autobitlinear" -> mode.equals("online") ? Scheme.AUTO_ONLINE : Scheme.AUTO_OFFLINE;
            default -> throw fields.bad("linear_class", linearClass, "bitlinear or autobitlinear");
        };
    }

    private static void checkPattern(JsonFields fields, String pattern) {
        try {
            Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            ExportException bad = fields.bad("modules_to_not_convert", pattern, "names or regular expressions");
            bad.initCause(e);
            throw bad;
        }
    }
}
