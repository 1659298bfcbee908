package io.github.bitnetort.export.model;

import java.util.List;
import java.util.stream.Stream;

/**
 * The layers of a decoder, described but not read.
 *
 * @param embedding the tensor that token ids look rows up in
 */
record DecoderWeights(String embedding, List<Layer> layers, Linear head) {
    /** One decoder layer. */
    record Layer(String name, Linear q, Linear k, Linear v, Linear o, Linear gate, Linear up, Linear down) {
        Stream<Linear> linears() {
            return Stream.of(q, k, v, o, gate, up, down);
        }
    }

    Stream<Linear> linears() {
        return Stream.concat(layers.stream().flatMap(Layer::linears), Stream.of(head));
    }

    /** Whether any quantized layer adds a bias: then all CustomBitMatMul nodes get one, as they share one body. */
    boolean quantizedBias() {
        return linears().anyMatch(linear -> linear instanceof Linear.Quantized && linear.hasBias());
    }
}
