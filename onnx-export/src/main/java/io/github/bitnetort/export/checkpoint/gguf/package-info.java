/**
 * GGUF, the one-file format of llama.cpp and bitnet.cpp: {@link io.github.bitnetort.export.checkpoint.gguf.GgufModel} is
 * a model of it as the rest of the exporter sees models, tensors under Hugging Face's names and in its order of rows.
 * Sources: the GGUF specification (ggml, docs/gguf.md) and the block layouts of ggml-common.h; I2_S of microsoft/BitNet.
 */
package io.github.bitnetort.export.checkpoint.gguf;
