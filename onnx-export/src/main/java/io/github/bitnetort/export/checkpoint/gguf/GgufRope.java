package io.github.bitnetort.export.checkpoint.gguf;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.checkpoint.RopeConfig;
import java.util.ArrayList;
import java.util.List;

/** What a file says of rotary position embedding: keys, or a tensor of factors. */
final class GgufRope {
    private static final String FACTORS = "rope_freqs.weight";
    private static final String SCALING = "rope.scaling.";

    private final GgufFile file;
    private final GgufMetadata metadata;
    private final GgufArchitecture architecture;

    GgufRope(GgufFile file, GgufArchitecture architecture) {
        this.file = file;
        this.metadata = file.metadata();
        this.architecture = architecture;
    }

    /** @throws ExportException naming the key or tensor, found and wanted */
    RopeConfig read(int headDim, int maxPositions) {
        double theta = metadata.number(architecture.key("rope.freq_base")).orElse(10_000);
        String typeKey = architecture.key(SCALING + "type");
        String type = metadata.text(typeKey).orElse("linear");
        if (!List.of("none", "linear", "yarn").contains(type)) {
            throw metadata.bad(typeKey, type, "none, linear or yarn");
        }
        double factor = type.equals("none") ? 1 : factor();
        GgufTensor divisors = file.tensors().get(FACTORS);
        if (divisors != null) {
            if (factor != 1) {
                throw metadata.bad(architecture.key(SCALING + "factor"), factor, "none beside the tensor " + FACTORS);
            }
            return RopeConfig.withDivisors(theta, divisors(divisors, headDim / 2));
        }
        if (factor == 1) {
            return new RopeConfig(RopeConfig.Type.DEFAULT, theta, 1, 0, 0, 0);
        }
        return type.equals("yarn")
                ? yarn(theta, factor, maxPositions)
                : new RopeConfig(RopeConfig.Type.LINEAR, theta, factor, 0, 0, 0);
    }

    /** 0 stands for none. */
    private double factor() {
        String key = architecture.key(SCALING + "factor");
        double factor = metadata.number(key)
                .orElse(metadata.number(architecture.key("rope.scale_linear")).orElse(1));
        if (factor < 0) {
            throw metadata.bad(key, factor, "a number > 0");
        }
        return factor == 0 ? 1 : factor;
    }

    private RopeConfig yarn(double theta, double factor, int maxPositions) {
        refuseOther("attn_factor", 1);
        refuseOther("yarn_attn_factor", 1);
        refuseOther("yarn_ext_factor", 1);
        refuseOther("yarn_log_multiplier", 0);
        return RopeConfig.withYarn(
                theta,
                factor,
                positive("original_context_length", maxPositions),
                new RopeConfig.Yarn(
                        positive("yarn_beta_fast", RopeConfig.Yarn.BETA_FAST),
                        positive("yarn_beta_slow", RopeConfig.Yarn.BETA_SLOW),
                        true,
                        RopeConfig.Yarn.attentionFactor(factor, 1)));
    }

    /** What llama.cpp multiplies into the attention factor or the ramp; its versions differ in how. */
    private void refuseOther(String name, double neutral) {
        String key = architecture.key(SCALING + name);
        double value = metadata.number(key).orElse(neutral);
        if (value != neutral) {
            throw metadata.bad(key, value, neutral);
        }
    }

    private double positive(String name, double absent) {
        String key = architecture.key(SCALING + name);
        double value = metadata.number(key).orElse(absent);
        if (value <= 0) {
            throw metadata.bad(key, value, "a number > 0");
        }
        return value;
    }

    private List<Float> divisors(GgufTensor tensor, int count) {
        if (tensor.type() != TensorType.F32 || tensor.elements() != count) {
            throw ExportException.of(file.path(), "tensor " + tensor.name(), tensor.describe(), "F32 [" + count + "]");
        }
        List<Float> divisors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float divisor =
                    file.bytes(tensor, (long) i * Float.BYTES, Float.BYTES).getFloat(0);
            if (!Float.isFinite(divisor) || divisor <= 0) {
                throw ExportException.of(file.path(), "tensor " + tensor.name(), divisor, "finite numbers > 0");
            }
            divisors.add(divisor);
        }
        return divisors;
    }
}
