package io.github.bitnetort.export.checkpoint.gguf;

/**
 * The order of a tensor's rows. llama.cpp turns neighbouring elements of a head against each other where Hugging Face
 * turns elements half a head apart, so in files of some architectures the rows of queries and keys are interleaved: row
 * 2 i + j of a head is row j · headDim / 2 + i of Hugging Face's.
 *
 * @param headDim rows of a head, or 0 where rows are in Hugging Face's order
 */
record RowOrder(int headDim) {
    static final RowOrder SAME = new RowOrder(0);

    boolean isSame() {
        return headDim == 0;
    }

    /** Where the file has a row of Hugging Face's order. */
    int stored(int row) {
        if (headDim == 0) {
            return row;
        }
        int inHead = row % headDim;
        int half = headDim / 2;
        return row - inHead + 2 * (inHead % half) + inHead / half;
    }
}
