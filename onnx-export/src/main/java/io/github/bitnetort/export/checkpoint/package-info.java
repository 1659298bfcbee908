/**
 * Checkpoints as they lie on disk. {@link io.github.bitnetort.export.checkpoint.Checkpoint} is the one interface to a
 * file of named tensors (safetensors here), {@link io.github.bitnetort.export.checkpoint.ModelConfig} is config.json with
 * the defaults of the architecture, and {@link io.github.bitnetort.export.checkpoint.BitLinear} is one linear layer as
 * quantized weights, a scale and a bias, whichever convention the checkpoint follows.
 */
package io.github.bitnetort.export.checkpoint;
