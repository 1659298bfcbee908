package io.github.bitnetort.natives;

import io.github.bitnetort.natives.BitMatMulC.OpKernelInfo;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.BytePointer;

/**
 * The kernels of an op in the native library. What {@link BitMatMulLibrary} says of availability and of lists of
 * instruction sets holds here too.
 */
public final class OpKernelTable {
    private final IntSupplier count;
    private final Get get;
    private final Choose choose;

    /**
     * @param count the op's kernel_count in the flat C API
     * @param get its kernel_get
     * @param choose its choose_kernel
     */
    OpKernelTable(IntSupplier count, Get get, Choose choose) {
        this.count = count;
        this.get = get;
        this.choose = choose;
    }

    /** Writes a row of the table. */
    interface Get {
        int status(int index, OpKernelInfo info);
    }

    /** The index of the kernel that a list of instruction sets gives, or -1 and a message. */
    interface Choose {
        int index(long features, BytePointer isas, BytePointer message, long messageSize);
    }

    /** All kernels, most preferred first. */
    public List<OpKernel> all() {
        NativeLoader.library();
        return IntStream.range(0, count.getAsInt()).mapToObj(this::kernel).toList();
    }

    /**
     * The kernel that nodes get on this CPU.
     *
     * @param isas a list of instruction sets, or null
     * @throws IllegalArgumentException for instruction sets that are unknown, not on this CPU or without a kernel
     */
    public OpKernel chosen(String isas) {
        NativeLoader.library();
        try (Message message = new Message();
                BytePointer list = isas == null ? null : new BytePointer(isas)) {
            int index = choose.index(
                    BitMatMulC.bitmatmul_cpu_features(),
                    isas == null ? BitMatMulC.bitmatmul_isa_override() : list,
                    message.pointer(),
                    message.size());
            if (index < 0) {
                throw new IllegalArgumentException(message.text());
            }
            return kernel(index);
        }
    }

    private OpKernel kernel(int index) {
        try (OpKernelInfo info = new OpKernelInfo()) {
            get.status(index, info);
            return OpKernel.of(info.name(), info.isa(), info.features());
        }
    }
}
