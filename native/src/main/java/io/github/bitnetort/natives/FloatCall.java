package io.github.bitnetort.natives;

import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/** A function of the flat C API from rows X to rows Y. */
interface FloatCall {
    /** Calls it; what it is given beside these arguments is the caller's. */
    int status(FloatPointer x, long xCount, long m, FloatPointer y, long yCount, BytePointer message, long messageSize);

    /**
     * Calls it with buffers that count from position to limit.
     *
     * @param constants holds the buffers whose addresses the function has been given beside these: it is not garbage
     *     until the function returns, though nothing in Java reads it any more
     * @throws IllegalArgumentException where a buffer is not direct, and with the function's message where it fails
     */
    default void run(FloatBuffer x, long m, FloatBuffer y, Object constants) {
        MatMulInputs.requireDirect("x", x);
        MatMulInputs.requireDirect("y", y);
        try (Message message = new Message()) {
            int status = status(
                    new FloatPointer(x),
                    x.remaining(),
                    m,
                    new FloatPointer(y),
                    y.remaining(),
                    message.pointer(),
                    message.size());
            if (status != BitMatMulC.BITMATMUL_OK) {
                throw new IllegalArgumentException(message.text());
            }
        } finally {
            Reference.reachabilityFence(constants);
        }
    }
}
