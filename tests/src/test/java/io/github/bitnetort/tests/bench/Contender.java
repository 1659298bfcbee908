package io.github.bitnetort.tests.bench;

import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.runtime.WeightMemory;
import java.util.Locale;
import java.util.Optional;

/** A way to multiply by ternary or binary weights in ONNX Runtime. */
enum Contender {
    TERNARY16("CustomBitMatMul ternary16 int8", new CustomOperator(Packing.TERNARY16, Activation.INT8)),
    TERNARY20("CustomBitMatMul ternary20 int8", new CustomOperator(Packing.TERNARY20, Activation.INT8)),
    BINARY32("CustomBitMatMul binary32 int8", new CustomOperator(Packing.BINARY32, Activation.INT8)),
    SIGN("CustomBitMatMul binary32 sign", new CustomOperator(Packing.BINARY32, Activation.SIGN)),
    TERNARY16_HUGE("CustomBitMatMul ternary16 int8, huge pages", TERNARY16.operator, WeightMemory.HUGE_PAGES),
    TERNARY20_HUGE("CustomBitMatMul ternary20 int8, huge pages", TERNARY20.operator, WeightMemory.HUGE_PAGES),
    HEAD8("CustomMatMulNBits bits=8 block_size=0", new CustomNBitsOperator(8, 0)),
    HEAD8_128("CustomMatMulNBits bits=8 block_size=128", new CustomNBitsOperator(8, 128)),
    HEAD4_32("CustomMatMulNBits bits=4 block_size=32", new CustomNBitsOperator(4, 32)),
    HEAD4_128("CustomMatMulNBits bits=4 block_size=128", new CustomNBitsOperator(4, 128)),
    HEAD8_HUGE("CustomMatMulNBits bits=8 block_size=0, huge pages", HEAD8.operator, WeightMemory.HUGE_PAGES),
    HEAD4_32_HUGE("CustomMatMulNBits bits=4 block_size=32, huge pages", HEAD4_32.operator, WeightMemory.HUGE_PAGES),
    HEAD16("CustomMatMulF16", new CustomF16Operator()),
    HEAD16_HUGE("CustomMatMulF16, huge pages", HEAD16.operator, WeightMemory.HUGE_PAGES),
    NBITS2("MatMulNBits bits=2 block=64 accuracy_level=4", new MatMulNBitsOperator(2, 64)),
    NBITS4("MatMulNBits bits=4 block=32 accuracy_level=4", new MatMulNBitsOperator(4, 32)),
    NBITS4_128("MatMulNBits bits=4 block=128 accuracy_level=4", new MatMulNBitsOperator(4, 128)),
    NBITS8("MatMulNBits bits=8 block=32 accuracy_level=4", new MatMulNBitsOperator(8, 32)),
    NBITS8_128("MatMulNBits bits=8 block=128 accuracy_level=4", new MatMulNBitsOperator(8, 128)),
    DYNAMIC8("dynamic int8 (DynamicQuantizeMatMul)", DenseOperator.DYNAMIC_INT8),
    FLOAT32("MatMul float32", DenseOperator.FLOAT32);

    private final String title;
    private final Operator operator;
    private final WeightMemory memory;

    Contender(String title, Operator operator) {
        this(title, operator, WeightMemory.MAPPED);
    }

    Contender(String title, Operator operator, WeightMemory memory) {
        this.title = title;
        this.operator = operator;
        this.memory = memory;
    }

    String title() {
        return title;
    }

    Operator operator() {
        return operator;
    }

    /** Where the weights of our operators lie. ONNX Runtime's own keep copies of theirs in anonymous memory. */
    WeightMemory memory() {
        return memory;
    }

    /** Ours, whose results must be the oracle's bits; others' need only be near. */
    Optional<OwnOperator> own() {
        return operator instanceof OwnOperator ours ? Optional.of(ours) : Optional.empty();
    }

    boolean isTernary() {
        return !(operator instanceof CustomOperator ours) || ours.packing().isTernary();
    }

    /** Whether its products are of int8: what the int8 peak is a limit of. */
    boolean isInt8() {
        return this != SIGN && this != FLOAT32 && !(operator instanceof CustomF16Operator);
    }

    /** As options spell it. */
    String optionName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
