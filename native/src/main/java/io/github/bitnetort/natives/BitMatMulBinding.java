package io.github.bitnetort.natives;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/** Tells JavaCPP how to turn the flat C headers into the class {@code BitMatMulC}, which inherits from this one. */
@Properties(
        value = {
            @Platform(
                    include = {
                        "bitmatmul/export.h",
                        "bitmatmul/layout.h",
                        "bitmatmul/cpu_info.h",
                        "bitmatmul/kernels.h",
                        "bitmatmul/matmul.h",
                        "bitmatmul/op_kernels.h",
                        "bitmatmul/nbits.h",
                        "bitmatmul/f16.h",
                        "bitmatmul/gqa.h",
                        "bitmatmul/rms_norm.h",
                        "bitmatmul/gated_unit.h",
                        "bitmatmul/bitmatmul.h"
                    },
                    link = "bitmatmul"),
            @Platform(value = "linux", compiler = "oldglibc") // a property that the build sets
        },
        target = "io.github.bitnetort.natives.BitMatMulC")
public class BitMatMulBinding implements InfoMapper {
    @Override
    public void map(InfoMap infoMap) {
        infoMap.put(new Info("BITMATMUL_API").cppTypes().annotations())
                .put(new Info("bitmatmul_spec").pointerTypes("Spec"))
                .put(new Info("bitmatmul_problem").pointerTypes("Problem"))
                .put(new Info("bitmatmul_kernel_info").pointerTypes("KernelInfo"))
                .put(new Info("bitmatmul_op_kernel_info").pointerTypes("OpKernelInfo"))
                .put(new Info("bitmatmul_gated_unit_spec").pointerTypes("GatedUnitSpec"))
                .put(new Info("bitmatmul_rms_norm_problem").pointerTypes("RmsNormProblem"))
                .put(new Info("bitmatmul_nbits_spec").pointerTypes("NBitsSpec"))
                .put(new Info("bitmatmul_nbits_problem").pointerTypes("NBitsProblem"))
                .put(new Info("bitmatmul_f16_spec").pointerTypes("F16Spec"))
                .put(new Info("bitmatmul_f16_problem").pointerTypes("F16Problem"))
                .put(new Info("bitmatmul_gqa_spec").pointerTypes("GqaSpec"))
                .put(new Info("bitmatmul_gqa_problem").pointerTypes("GqaProblem"))
                .put(new Info("bitmatmul_gqa_call").pointerTypes("GqaCall"));
    }
}
