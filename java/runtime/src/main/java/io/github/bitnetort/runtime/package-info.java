/**
 * The one door for Java programs that run models with ONNX Runtime: {@link io.github.bitnetort.runtime.BitNetOps}
 * registers CustomBitMatMul into session options, and gives the library's file to programs in other languages. It knows
 * neither checkpoints nor text.
 */
package io.github.bitnetort.runtime;
