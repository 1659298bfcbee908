package io.github.bitnetort.tests.checkpoints;

import io.github.bitnetort.export.checkpoint.DType;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * A stream of a tensor's random bytes, fast enough for gigabytes: each 16 random bits look up one packed byte or one
 * BF16 number. The same seed and tensor give the same bytes everywhere.
 */
final class RandomValues {
    private static final int TABLE = 1 << 16;
    private static final byte[] PACKED = packedTable();
    private static final float[] NORMAL = normalTable();

    /** SplitMix64's state (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
    private long state;

    private final boolean packed;
    private final short[] floats;

    RandomValues(long seed, PlannedTensor tensor) {
        state = seed * 31 + tensor.name().hashCode();
        packed = tensor.dtype() == DType.U8;
        floats = packed ? null : floatTable(tensor.values());
    }

    /** Fills a little-endian buffer from its position to its limit, a multiple of the element's size. */
    void fill(ByteBuffer buffer) {
        while (buffer.remaining() >= Long.BYTES) {
            buffer.putLong(packed ? packedBytes() | packedBytes() << 32 : bf16());
        }
        if (packed) {
            for (long bytes = packedBytes() | packedBytes() << 32; buffer.hasRemaining(); bytes >>>= 8) {
                buffer.put((byte) bytes);
            }
        } else {
            for (long numbers = bf16(); buffer.hasRemaining(); numbers >>>= 16) {
                buffer.putShort((short) numbers);
            }
        }
    }

    private long packedBytes() {
        long random = next();
        return (PACKED[(int) (random & 0xffff)] & 0xffL)
                | (PACKED[(int) (random >>> 16 & 0xffff)] & 0xffL) << 8
                | (PACKED[(int) (random >>> 32 & 0xffff)] & 0xffL) << 16
                | (PACKED[(int) (random >>> 48)] & 0xffL) << 24;
    }

    private long bf16() {
        long random = next();
        return (floats[(int) (random & 0xffff)] & 0xffffL)
                | (floats[(int) (random >>> 16 & 0xffff)] & 0xffffL) << 16
                | (floats[(int) (random >>> 32 & 0xffff)] & 0xffffL) << 32
                | (floats[(int) (random >>> 48)] & 0xffffL) << 48;
    }

    private long next() {
        state += 0x9e3779b97f4a7c15L;
        long mixed = (state ^ state >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }

    /** Each byte of four codes (0: -1, 1: 0, 2: +1) as often as its probability says. */
    private static byte[] packedTable() {
        double[] probability = {(1 - TensorPlan.ZEROS) / 2, TensorPlan.ZEROS, (1 - TensorPlan.ZEROS) / 2};
        byte[] table = new byte[TABLE];
        double sum = 0;
        int from = 0;
        for (int four = 0; four < 81; four++) {
            int value = 0;
            double product = 1;
            for (int i = 0, rest = four; i < 4; i++, rest /= 3) {
                value |= rest % 3 << 2 * i;
                product *= probability[rest % 3];
            }
            sum += product;
            int to = four == 80 ? TABLE : (int) Math.round(sum * TABLE);
            java.util.Arrays.fill(table, from, to, (byte) value);
            from = to;
        }
        return table;
    }

    private static float[] normalTable() {
        Random random = new Random(1);
        float[] table = new float[TABLE];
        for (int i = 0; i < TABLE; i++) {
            table[i] = (float) random.nextGaussian();
        }
        return table;
    }

    private static short[] floatTable(PlannedTensor.Values values) {
        short[] table = new short[TABLE];
        for (int i = 0; i < TABLE; i++) {
            table[i] = toBf16((float) (values.mean() + values.deviation() * NORMAL[i]));
        }
        return table;
    }

    /** The nearest, of two equally near the even one; for finite numbers. */
    static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }
}
