/**
 * Text generation over an {@code OrtSession}: {@link io.github.bitnetort.generate.BitNetModel} opens an exported folder,
 * {@link io.github.bitnetort.generate.Generator} decodes with a KV cache that ONNX Runtime writes in place,
 * {@link io.github.bitnetort.generate.Sampler} chooses tokens the same way on every machine, and
 * {@link io.github.bitnetort.generate.TextTokenizer} reads Hugging Face's {@code tokenizer.json}. Everything works on
 * token ids alone where a folder has no tokenizer. Nothing here touches the network.
 */
package io.github.bitnetort.generate;
