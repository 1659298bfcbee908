package io.github.bitnetort.export.checkpoint.gguf;

import io.github.bitnetort.export.checkpoint.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The types of tensors that can be read. Elements lie in blocks along a row, each block with its scale. */
enum TensorType {
    F32(0, 1, 4, DType.F32),
    F16(1, 1, 2, DType.F16),
    Q4_0(2, 32, 18, new FloatBlocks.Q4()),
    Q8_0(8, 32, 34, new FloatBlocks.Q8()),
    Q4_K(12, 256, 144, new FloatBlocks.Q4K()),
    Q6_K(14, 256, 210, new FloatBlocks.Q6K()),
    BF16(30, 1, 2, DType.BF16),
    TQ1_0(34, 256, 54, new TernaryBlocks.Tq1()),
    TQ2_0(35, 256, 66, new TernaryBlocks.Tq2()),
    /** bitnet.cpp's, as it packs on x86; the scale comes once, behind all weights. */
    I2_S(36, 128, 32, new TernaryBlocks.I2S(128)),
    /** The same number, as it packs on ARM. */
    I2_S_ARM(36, 64, 16, new TernaryBlocks.I2S(64)),
    Q1_0(41, 128, 18, new TernaryBlocks.Q1()),
    Q2_0(42, 64, 18, new TernaryBlocks.Q2(64)),
    /** The same number, as the fork that introduced the type wrote it before llama.cpp took it over. */
    Q2_0_G128(42, 128, 34, new TernaryBlocks.Q2(128));

    /** What bitnet.cpp reserves behind the weights of an I2_S tensor: a float32 scale and padding. */
    private static final int I2_S_TRAILER = 32;

    private final int number;
    private final int blockElements;
    private final int blockBytes;
    private final DType direct;
    private final BlockCodec codec;

    TensorType(int number, int blockElements, int blockBytes, DType direct) {
        this(number, blockElements, blockBytes, direct, null);
    }

    TensorType(int number, int blockElements, int blockBytes, BlockCodec codec) {
        this(number, blockElements, blockBytes, null, codec);
    }

    TensorType(int number, int blockElements, int blockBytes, DType direct, BlockCodec codec) {
        this.number = number;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
        this.direct = direct;
        this.codec = codec;
    }

    /** The types of that number; more than one where the number alone does not tell. */
    static List<TensorType> ofNumber(int number) {
        return Arrays.stream(values()).filter(type -> type.number == number).toList();
    }

    int blockElements() {
        return blockElements;
    }

    int blockBytes() {
        return blockBytes;
    }

    /** The element type, where elements are plain numbers. */
    Optional<DType> direct() {
        return Optional.ofNullable(direct);
    }

    /** How to read a block, where there are blocks. */
    BlockCodec codec() {
        return codec;
    }

    boolean isI2S() {
        return this == I2_S || this == I2_S_ARM;
    }

    /** Whether weights are −1, 0 and +1 with scales. */
    boolean isTernary() {
        return codec instanceof TernaryBlocks;
    }

    /** Bytes of a tensor with so many elements, a multiple of the block's. */
    long byteLength(long elements) {
        return Math.multiplyExact(elements / blockElements, blockBytes) + (isI2S() ? I2_S_TRAILER : 0);
    }
}
