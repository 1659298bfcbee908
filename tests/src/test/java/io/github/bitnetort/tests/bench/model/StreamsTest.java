package io.github.bitnetort.tests.bench.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.tests.endtoend.Fixture;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** That a leak would be seen: where it is, and how much. */
class StreamsTest {
    private static final int STREAMS = 4;
    private static final int TOKENS = 2000;
    private static final int LEAK = 4 << 20;

    @Test
    @EnabledOnOs(OS.LINUX)
    void aLeakIsSeenAndNothingElseIsTakenForOne() throws Exception {
        try (BitNetModel model = BitNetModel.open(new Fixture("kjv-bitnet").exported())) {
            Queue<ByteBuffer> leaked = new ConcurrentLinkedQueue<>();
            Streams.run(model, STREAMS, TOKENS); // the JVM gets warm
            Streams tight = Streams.run(model, STREAMS, TOKENS, () -> garbage(LEAK));
            Streams leaking =
                    Streams.run(model, STREAMS, TOKENS, () -> leaked.add(ByteBuffer.allocateDirect(garbage(LEAK))));
            assertEquals(TOKENS, leaking.tokens());
            assertEquals(11, leaking.points().size());
            double wanted = 10.0 * STREAMS * LEAK;
            assertEquals(
                    wanted, leaking.growth(), wanted / 4, () -> leaking.points().toString());
            assertEquals(
                    wanted,
                    leaking.slope() * TOKENS,
                    wanted / 4,
                    () -> leaking.points().toString());
            assertTrue(tight.growth() < wanted / 4, () -> tight.points().toString());
            assertTrue(tight.slope() * TOKENS < wanted / 4, () -> tight.points().toString());
            assertEquals(11 * STREAMS, leaked.size());
        }
    }

    /** Fills the heap, as programs do. */
    private static int garbage(int size) {
        return new byte[size].length;
    }

    @Test
    void theTrendIsThatOfTheLastHalf() {
        assertEquals(0, streams(0, 10, 15, 20, 20, 20, 20, 20).slope());
        assertEquals(20, streams(0, 10, 15, 20, 20, 20, 20, 20).growth());
        assertEquals(0.03, streams(0, 0, 0, 0, 0, 3, 6, 9).slope(), 1e-12);
        assertEquals(0.03, streams(0, 0, 0, 0, 0, 3, 6, 900, 12, 15).slope(), 1e-12);
        assertEquals(-0.01, streams(5, 5, 5, 5, 4, 3, 2).slope(), 1e-12);
        assertEquals(700, streams(0, 0, 0, 0, 0, 3, 6, 9).tokens());
    }

    private static Streams streams(long... direct) {
        List<AnonymousMemory> points = LongStream.of(direct)
                .mapToObj(bytes -> new AnonymousMemory(1000 - bytes, bytes, 7, 0))
                .toList();
        return new Streams(100, 1, points);
    }

    @Test
    void theHeapIsFoundInWhatTheCollectorsSayOfIt() {
        assertEquals(new AnonymousMemory.HeapRange(0xf0000000L, 0x100000000L), AnonymousMemory.HeapRange.of("""
                 garbage-first heap   total 262144K, used 7927K [0x00000000f0000000, 0x0000000100000000)
                  region size 1024K, 4 young (4096K), 2 survivors (2048K)
                 Metaspace       used 11135K, committed 11392K, reserved 1114112K
                  class space    used 1349K, committed 1472K, reserved 1048576K
                """));
        assertEquals(new AnonymousMemory.HeapRange(0x687400000L, 0x800000000L), AnonymousMemory.HeapRange.of("""
                 def new generation   total 116160K, used 29190K [0x0000000687400000, 0x000000068f200000, 0x0000000704d50000)
                  eden space 103296K,  28% used [0x0000000687400000, 0x0000000689081b28, 0x000000068d8e0000)
                 tenured generation   total 258048K, used 0K [0x0000000704d50000, 0x0000000714950000, 0x0000000800000000)
                """));
        var error = assertThrows(
                IllegalStateException.class,
                () -> AnonymousMemory.HeapRange.of(" ZHeap           used 64M, capacity 378M, max capacity 6028M"));
        assertTrue(error.getMessage().endsWith("wanted them as of -XX:+UseG1GC"), error::getMessage);
    }
}
