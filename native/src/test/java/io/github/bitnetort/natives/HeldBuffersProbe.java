package io.github.bitnetort.natives;

import java.lang.ref.WeakReference;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * A program that collects garbage while native code runs, and prints for each call whether a buffer that only its
 * arguments held was collected before its end. The calls are compiled first: interpreted ones hold their arguments anyway.
 */
final class HeldBuffersProbe {
    /** What shows that the probe sees: it holds nothing. */
    static final String CONTROL = "control";

    private static final int WARM_UP = 5_000;
    private static final int WIDTH = 256;
    private static final long LONG_ENOUGH = TimeUnit.MILLISECONDS.toNanos(300);

    private static final List<WeakReference<Buffer>> WATCHED = new ArrayList<>();

    private HeldBuffersProbe() {}

    /** @param args names of calls */
    public static void main(String[] args) throws Exception {
        for (String name : args) {
            IntConsumer call = calls().get(name);
            for (int i = 0; i < WARM_UP; i++) {
                call.accept(1);
                WATCHED.clear();
            }
            System.out.println(name + " " + (isHeld(call) ? "held" : "collected"));
        }
    }

    /** By name; each takes a size that its time grows with. */
    static Map<String, IntConsumer> calls() {
        Map<String, IntConsumer> calls = new LinkedHashMap<>();
        calls.put(CONTROL, HeldBuffersProbe::control);
        calls.put("bitmatmul", HeldBuffersProbe::bitMatMul);
        calls.put("nbits", HeldBuffersProbe::nbits);
        calls.put("f16", HeldBuffersProbe::f16);
        calls.put("gqa", HeldBuffersProbe::attention);
        return calls;
    }

    private static boolean isHeld(IntConsumer call) throws Exception {
        int size = 1;
        long time = time(call, size);
        while (time < LONG_ENOUGH) {
            size *= 2;
            time = time(call, size);
        }
        while (true) {
            WATCHED.clear();
            int chosen = size;
            FutureTask<Long> end = new FutureTask<>(() -> {
                call.accept(chosen);
                return System.nanoTime();
            });
            new Thread(end).start();
            TimeUnit.NANOSECONDS.sleep(time / 2);
            System.gc();
            boolean held = WATCHED.stream().noneMatch(buffer -> buffer.get() == null);
            long collected = System.nanoTime();
            if (end.get() - collected > time / 8 && !WATCHED.isEmpty()) {
                return held;
            }
            size += size / 2; // it was over too soon to tell
            time = time(call, size);
        }
    }

    private static long time(IntConsumer call, int size) {
        long start = System.nanoTime();
        call.accept(size);
        return System.nanoTime() - start;
    }

    private static void control(int size) {
        sleep(watched(bytes(1)).capacity() * (long) size / 100);
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void bitMatMul(int m) {
        MatMulInputs inputs = new MatMulInputs(
                watched(bytes(WIDTH * WIDTH / 4).asIntBuffer()), watched(floats(1)), watched(floats(WIDTH)));
        BitMatMulLibrary.matMul(
                new MatMulSpec(WIDTH, WIDTH, "ternary16", "int8", 0),
                inputs,
                "scalar",
                floats(m * WIDTH),
                m,
                floats(m * WIDTH));
    }

    private static void nbits(int m) {
        NBitsMatMul.Node node =
                new NBitsMatMul.Node(WIDTH, WIDTH, 8, WIDTH, watched(bytes(WIDTH * WIDTH)), watched(floats(WIDTH)));
        NBitsMatMul.run(node, "scalar", floats(m * WIDTH), m, floats(m * WIDTH));
    }

    private static void f16(int m) {
        F16MatMul.Node node = new F16MatMul.Node(
                WIDTH, WIDTH, watched(bytes(2 * WIDTH * WIDTH).asShortBuffer()));
        F16MatMul.run(node, "scalar", floats(m * WIDTH), m, floats(m * WIDTH));
    }

    private static void attention(int tokens) {
        int dim = 16;
        GroupQueryAttention.Node node = new GroupQueryAttention.Node(
                1, 1, dim, 0.25f, tokens, watched(floats(tokens * dim / 2)), watched(floats(tokens * dim / 2)));
        GroupQueryAttention.run(
                node,
                "scalar",
                new GroupQueryAttention.Inputs(
                        1,
                        tokens,
                        tokens,
                        0,
                        watched(floats(tokens * 3 * dim)),
                        null,
                        null,
                        floats(0),
                        floats(0),
                        watched(bytes(Long.BYTES).asLongBuffer())),
                new GroupQueryAttention.Outputs(
                        watched(floats(tokens * dim)), watched(floats(tokens * dim)), watched(floats(tokens * dim))));
    }

    private static <T extends Buffer> T watched(T buffer) {
        WATCHED.add(new WeakReference<>(buffer));
        return buffer;
    }

    private static FloatBuffer floats(int count) {
        return bytes(Float.BYTES * count).asFloatBuffer();
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocateDirect(count).order(ByteOrder.nativeOrder());
    }
}
