package io.github.bitnetort.export.model;

/** A matrix [N, K] in a graph, once, that is not ternary: an embedding's, a head's, or both. */
public interface HeadMatrix {
    /**
     * Adds the rows at some indices as floats, in standard operators of opset 18.
     *
     * @param indices int64 [..., M], at least one axis
     * @return the name of the rows; float32 [..., M, K]
     */
    String rows(String name, String indices);

    /**
     * Adds Y = X · Wᵀ by an operator of ours.
     *
     * @param x float32 [..., K]
     * @return the output's name, which is the node's; float32 [..., N]
     */
    String product(String name, String x);
}
